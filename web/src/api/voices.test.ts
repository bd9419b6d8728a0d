import { expect, test } from 'vitest';

import { voiceTitle } from './voices.ts';

test.each([
  ['am_michael', 'Michael'],
  ['zf_xiaoxiao', 'Xiaoxiao'],
  ['heart', 'Heart'],
  ['en_US-lessac-medium', 'en_US-lessac-medium'],
])('the voice %s is called %s', (name, title) => {
  expect(voiceTitle(name)).toBe(title);
});
