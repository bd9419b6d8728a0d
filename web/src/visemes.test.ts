import { expect, it } from 'vitest';

import { VISEMES } from './avatar/feed.ts';
import { VISEME_NAMES } from './protocol/index.ts';

it('should mean the same shapes in the same order on the wire and on the face', () => {
  expect(VISEMES).toEqual(VISEME_NAMES);
});
