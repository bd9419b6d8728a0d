import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Ratings } from './ratings.ts';
import type { TellRating } from './ratings.ts';

const MISSING = new Error('The reply is not written down yet.');
const AWAY = new Error('The server is away.');

/** As much of a browser's storage as is used. */
function storageOf(kept: Map<string, string>): Storage {
  return {
    length: 0,
    clear: () => undefined,
    key: () => null,
    removeItem: () => undefined,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  };
}

function setUp({
  conversation = 'c1',
  kept = new Map<string, string>(),
}: {
  readonly conversation?: string | null;
  readonly kept?: Map<string, string>;
} = {}) {
  const tell = vi.fn<TellRating>(() => Promise.resolve());
  let present = conversation;
  const ratings = new Ratings({
    tell,
    isPassing: (error) => error === MISSING,
    storage: storageOf(kept),
    conversation: () => present,
  });
  return {
    ratings,
    tell,
    kept,
    name: (next: string) => {
      present = next;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('should show a rating at once, tell it, and have it on the next visit', async () => {
  const { ratings, tell, kept } = setUp();
  ratings.rate('a1', 'up');
  expect(ratings.of('a1')).toBe('up');
  await vi.runAllTimersAsync();
  expect(tell.mock.calls).toEqual([[{ conversation: 'c1', entry: 'a1' }, 'up']]);
  const next = setUp({ kept });
  expect(next.ratings.of('a1')).toBe('up');
  await next.ratings.flush();
  expect(next.tell).not.toHaveBeenCalled();
});

it('should try again while the reply is not written down, and not for ever', async () => {
  const { ratings, tell } = setUp();
  tell.mockRejectedValue(MISSING);
  ratings.rate('a1', 'up');
  await vi.runAllTimersAsync();
  expect(tell.mock.calls.length).toBeGreaterThan(2);
  expect(tell.mock.calls.length).toBeLessThan(10);
  expect(vi.getTimerCount()).toBe(0);
});

it('should keep what a server that is away was not told, and tell it when it is back', async () => {
  const { ratings, tell } = setUp();
  tell.mockRejectedValueOnce(AWAY);
  ratings.rate('a1', 'down');
  await vi.runAllTimersAsync();
  expect(tell).toHaveBeenCalledTimes(1);
  await ratings.flush();
  await ratings.flush();
  expect(tell).toHaveBeenCalledTimes(2);
});

it('should tell the conversation that it was in when it was rated', async () => {
  const { ratings, tell, name } = setUp();
  tell.mockRejectedValueOnce(AWAY);
  ratings.rate('a1', 'up');
  await vi.runAllTimersAsync();
  name('c2');
  await ratings.flush();
  expect(tell).toHaveBeenLastCalledWith({ conversation: 'c1', entry: 'a1' }, 'up');
});

it('should wait for the name of a conversation that has none', async () => {
  const { ratings, tell, name } = setUp({ conversation: null });
  ratings.rate('a1', 'up');
  await vi.runAllTimersAsync();
  expect(tell).not.toHaveBeenCalled();
  name('c9');
  await ratings.flush();
  expect(tell).toHaveBeenCalledWith({ conversation: 'c9', entry: 'a1' }, 'up');
});

it('should tell the last word when the user thinks again meanwhile', async () => {
  const { ratings, tell } = setUp();
  ratings.rate('a1', 'up');
  ratings.rate('a1', null);
  await vi.runAllTimersAsync();
  expect(tell).toHaveBeenLastCalledWith({ conversation: 'c1', entry: 'a1' }, null);
});

it('should begin anew when what was kept is broken', () => {
  const { ratings } = setUp({ kept: new Map([['vivavoce.ratings', '[["a1", {"rating": 7}], 3, null]']]) });
  expect(ratings.of('a1')).toBeNull();
});
