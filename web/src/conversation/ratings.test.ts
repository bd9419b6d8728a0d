import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

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
  let user = '';
  const ratings = new Ratings({
    tell,
    isPassing: (error) => error === MISSING,
    storage: storageOf(kept),
    conversation: () => present,
    user: () => user,
  });
  return {
    ratings,
    tell,
    kept,
    name: (next: string) => {
      present = next;
    },
    signIn: (next: string) => {
      user = next;
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

it('should tell also what is rated while another rating is on its way', async () => {
  const { ratings, tell } = setUp();
  ratings.rate('a1', 'up');
  ratings.rate('a2', 'down');
  await vi.advanceTimersByTimeAsync(0);
  expect(tell.mock.calls).toEqual([
    [{ conversation: 'c1', entry: 'a1' }, 'up'],
    [{ conversation: 'c1', entry: 'a2' }, 'down'],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

describe('two tabs', () => {
  it('should keep the ratings of both', async () => {
    const one = setUp();
    const other = setUp({ kept: one.kept });
    one.ratings.rate('a1', 'up');
    other.ratings.rate('b1', 'down');
    await vi.runAllTimersAsync();
    one.ratings.rate('a2', 'up');
    await vi.runAllTimersAsync();
    const next = setUp({ kept: one.kept });
    expect(['a1', 'b1', 'a2'].map((entry) => next.ratings.of(entry))).toEqual(['up', 'down', 'up']);
    await next.ratings.flush();
    expect(next.tell).not.toHaveBeenCalled();
  });

  it('should not tell again what the other has told, or thought better of', async () => {
    const one = setUp();
    one.tell.mockRejectedValueOnce(AWAY);
    one.ratings.rate('a1', 'up');
    await vi.runAllTimersAsync();
    const other = setUp({ kept: one.kept });
    other.ratings.rate('a1', 'down');
    await vi.runAllTimersAsync();
    one.tell.mockClear();
    await one.ratings.flush();
    expect(one.tell).not.toHaveBeenCalled();
  });
});

describe('what one user thinks', () => {
  it('should leave with them', async () => {
    const { ratings, tell, kept, signIn } = setUp();
    signIn('ben');
    ratings.rate('b1', 'up');
    await vi.runAllTimersAsync();
    tell.mockClear().mockRejectedValue(AWAY);
    signIn('ann');
    ratings.rate('a1', 'up');
    await vi.runAllTimersAsync();
    ratings.forget('ann');
    expect(['a1', 'b1'].map((entry) => ratings.of(entry))).toEqual([null, 'up']);
    expect(kept.get('vivavoce.ratings')).not.toContain('a1');
    tell.mockClear();
    await ratings.flush();
    expect(tell).not.toHaveBeenCalled();
  });

  it('should not be told with another’s key, and wait for theirs', async () => {
    const { ratings, tell, signIn } = setUp();
    signIn('ann');
    tell.mockRejectedValueOnce(AWAY);
    ratings.rate('a1', 'up');
    await vi.runAllTimersAsync();
    tell.mockClear();
    signIn('ben');
    await ratings.flush();
    expect(tell).not.toHaveBeenCalled();
    signIn('ann');
    await ratings.flush();
    expect(tell).toHaveBeenCalledOnce();
  });

  it('should not be put back by an answer that comes when they are gone', async () => {
    const { ratings, kept, signIn } = setUp();
    signIn('ann');
    ratings.rate('a1', 'up');
    ratings.forget('ann');
    await vi.runAllTimersAsync();
    expect(kept.get('vivavoce.ratings')).toBe('[]');
  });
});

it('should go on where nothing can be kept', async () => {
  const { ratings, kept, tell } = setUp();
  kept.set = () => {
    throw new Error('QuotaExceededError');
  };
  ratings.rate('a1', 'up');
  ratings.rate('a1', 'down');
  ratings.rate('a2', 'up');
  await vi.runAllTimersAsync();
  expect(['a1', 'a2'].map((entry) => ratings.of(entry))).toEqual(['down', 'up']);
  await ratings.flush();
  expect(tell).toHaveBeenCalledTimes(3);
});

it('should begin anew when what was kept is broken', () => {
  const { ratings } = setUp({ kept: new Map([['vivavoce.ratings', '[["a1", {"rating": 7}], 3, null]']]) });
  expect(ratings.of('a1')).toBeNull();
});
