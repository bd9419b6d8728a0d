import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Forgetting, TAKE_BACK_MS } from './forgetting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(forget: (id: string) => Promise<void> = () => Promise.resolve()) {
  const options = { forget: vi.fn(forget), onForgotten: vi.fn(), onFailed: vi.fn() };
  return { forgetting: new Forgetting(options), ...options };
}

describe('what is to be forgotten', () => {
  it('should be hidden at once, and forgotten once it cannot be taken back any more', async () => {
    const { forgetting, forget, onForgotten } = setUp();
    forgetting.begin('a');
    forgetting.begin('a');
    expect([...forgetting.hidden]).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(TAKE_BACK_MS - 1);
    expect(forget).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(forget.mock.calls).toEqual([['a']]);
    expect(onForgotten).toHaveBeenCalledOnce();
    expect([...forgetting.hidden]).toEqual(['a']);
  });

  it('should be as it was when it is taken back', async () => {
    const { forgetting, forget } = setUp();
    forgetting.begin('a');
    forgetting.begin('b');
    forgetting.takeBack('a');
    expect([...forgetting.hidden]).toEqual(['b']);
    await vi.advanceTimersByTimeAsync(TAKE_BACK_MS);
    expect(forget.mock.calls).toEqual([['b']]);
  });

  it('should be forgotten at once when its user leaves', async () => {
    const { forgetting, forget } = setUp();
    forgetting.begin('a');
    forgetting.flush();
    forgetting.flush();
    expect(forget).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(TAKE_BACK_MS);
    expect([forget.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('should be seen again when it could not be forgotten', async () => {
    const { forgetting, onFailed } = setUp(() => Promise.reject(new Error('away')));
    const heard = vi.fn();
    forgetting.subscribe(heard);
    forgetting.begin('a');
    await vi.advanceTimersByTimeAsync(TAKE_BACK_MS);
    expect([...forgetting.hidden]).toEqual([]);
    expect(onFailed).toHaveBeenCalledOnce();
    expect(heard).toHaveBeenCalledTimes(2);
  });
});
