import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createConversationStore, INITIAL_PREFERENCES } from '../state/index.ts';
import { Keeper, KeyRing } from './keeper.ts';

/** A browser's storage; `isFull` makes it refuse. */
class FakeStorage implements Storage {
  [name: string]: unknown;
  readonly entries = new Map<string, string>();
  writes = 0;
  isFull = false;

  get length(): number {
    return this.entries.size;
  }

  clear(): void {
    this.entries.clear();
  }

  getItem(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  key(): string | null {
    return null;
  }

  removeItem(name: string): void {
    this.entries.delete(name);
  }

  setItem(name: string, value: string): void {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.writes += 1;
    this.entries.set(name, value);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function typed(text: string) {
  return { type: 'text.typed', id: text, text, at: 1 } as const;
}

it('should bring back history and preferences', () => {
  const storage = new FakeStorage();
  const first = createConversationStore();
  const keeper = new Keeper(first, storage);
  first.dispatch({ type: 'connection.changed', connection: { kind: 'online' } });
  first.dispatch(typed('hello'));
  first.dispatch({ type: 'preferences.changed', preferences: { language: 'zh', mode: 'push-to-talk' } });
  keeper.dispose();

  const second = createConversationStore();
  new Keeper(second, storage).dispose();
  expect(second.getState().utterances).toMatchObject([{ text: 'hello', status: 'done' }]);
  expect(second.getState().preferences).toEqual({
    ...INITIAL_PREFERENCES,
    language: 'zh',
    mode: 'push-to-talk',
  });
});

it('should write changes together', () => {
  const storage = new FakeStorage();
  const store = createConversationStore();
  const keeper = new Keeper(store, storage);
  for (const text of ['a', 'b', 'c']) store.dispatch(typed(text));
  expect(storage.writes).toBe(0);
  vi.advanceTimersByTime(500);
  expect(storage.writes).toBe(2);
  keeper.dispose();
  expect([storage.writes, vi.getTimerCount()]).toEqual([2, 0]);
});

it('should go on when nothing can be kept', () => {
  const storage = new FakeStorage();
  storage.isFull = true;
  storage.entries.set('vivavoce.history', '{broken');
  const store = createConversationStore();
  const keeper = new Keeper(store, storage);
  store.dispatch(typed('hello'));
  keeper.dispose();
  expect(store.getState().utterances).toHaveLength(1);
});

it('should hold the key, and none when it was taken away', () => {
  const storage = new FakeStorage();
  new KeyRing(storage).key = 'sesame';
  expect(new KeyRing(storage).key).toBe('sesame');
  const ring = new KeyRing(storage);
  const changed = vi.fn();
  const unsubscribe = ring.subscribe(changed);
  ring.key = null;
  unsubscribe();
  ring.key = null;
  expect(changed).toHaveBeenCalledTimes(1);
  expect(ring.hasKey).toBe(false);
  expect(new KeyRing(storage).key).toBeNull();
});

it('should find a tab’s own transcript again, and give a new tab the last there was', () => {
  const shared = new FakeStorage();
  const [one, other] = [new FakeStorage(), new FakeStorage()];
  for (const [tab, text] of [
    [one, 'first'],
    [other, 'second'],
  ] as const) {
    const store = createConversationStore();
    const keeper = new Keeper(store, shared, tab);
    store.dispatch({ type: 'history.cleared' });
    store.dispatch({ type: 'connection.changed', connection: { kind: 'online' } });
    store.dispatch(typed(text));
    store.dispatch({
      type: 'server.said',
      event: { type: 'conversation.created', conversation_id: text },
      at: 1,
    });
    keeper.dispose();
  }
  const found = (tab: Storage): unknown => {
    const store = createConversationStore();
    new Keeper(store, shared, tab).dispose();
    return store.getState();
  };
  expect(found(one)).toMatchObject({ conversationId: 'first', utterances: [{ id: 'first', text: 'first' }] });
  expect(found(new FakeStorage())).toMatchObject({ conversationId: 'second' });
});
