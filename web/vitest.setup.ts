/** A warning fails the test that caused it. */
import { afterEach, beforeEach, expect, vi } from 'vitest';

const complaints = vi.fn();

beforeEach(() => {
  complaints.mockClear();
  vi.spyOn(console, 'error').mockImplementation(complaints);
  vi.spyOn(console, 'warn').mockImplementation(complaints);
});

afterEach(() => {
  expect(complaints.mock.calls).toEqual([]);
});
