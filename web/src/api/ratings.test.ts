import { expect, it } from 'vitest';

import { ApiError } from './client.ts';
import { mayBeThereSoon } from './ratings.ts';

it.each(['entry_not_found', 'conversation_not_found', 'unreachable'])('should try again after %s', (code) => {
  expect(mayBeThereSoon(new ApiError(code, 'Not yet.', 404))).toBe(true);
});

it('should leave what is refused', () => {
  expect(mayBeThereSoon(new ApiError('key_missing', 'Whose?', 401))).toBe(false);
  expect(mayBeThereSoon(new TypeError('x'))).toBe(false);
});
