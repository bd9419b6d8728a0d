import { afterEach, expect, it, vi } from 'vitest';

import { isServerThere } from './presence.ts';
import { FakeRest } from './testing.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const isThere = (answer: () => Response): Promise<boolean> =>
  isServerThere(new FakeRest(answer).api, new AbortController().signal);

it.each([502, 504])('should take a proxy’s %i for what it says: nobody is behind it', async (status) => {
  expect(await isThere(() => new Response('<html>', { status }))).toBe(false);
});

it.each([200, 401, 500, 503])('should take a server that answers %i to be there', async (status) => {
  expect(await isThere(() => new Response('{}', { status }))).toBe(true);
});

it('should take a server that gives no answer to be away', async () => {
  const noAnswer = (): never => {
    throw new TypeError('Failed to fetch');
  };
  expect(await isThere(noAnswer)).toBe(false);
});
