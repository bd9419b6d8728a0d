import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createConversationStore } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { FakeStorage } from './fake-storage.ts';
import { Keeper } from './keeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A tab of one browser. */
function open(storage: Storage, tab: Storage | null = null, isDeleted = () => false) {
  const store = createConversationStore();
  return { store, keeper: new Keeper({ store, storage, tab, isDeleted }) };
}

/** Says something in a conversation that the server names after it. */
function talk(store: ConversationStore, text: string): void {
  store.dispatch({ type: 'connection.changed', connection: { kind: 'online' } });
  store.dispatch({ type: 'text.typed', id: text, text, at: 1 });
  store.dispatch({
    type: 'server.said',
    event: { type: 'conversation.created', conversation_id: text },
    at: 1,
  });
}

/** Words of a reply come, and are heard. */
function answer(store: ConversationStore, played: number): void {
  store.dispatch({
    type: 'server.said',
    event: {
      type: 'vivavoce.output.segment',
      response_id: 'r',
      item_id: 'a',
      first_sample: 0,
      samples: 1e6,
      text: 'One two three',
    },
    at: 2,
  });
  store.dispatch({ type: 'playout.progress', playhead: { item: 'a', played } });
}

const texts = ({ store }: { store: ConversationStore }): readonly string[] =>
  store.getState().utterances.map(({ text }) => text);

describe('keeping', () => {
  it('should bring back what was said', () => {
    const storage = new FakeStorage();
    const first = open(storage);
    talk(first.store, 'hello');
    first.keeper.dispose();
    const second = open(storage);
    expect(second.store.getState()).toMatchObject({
      conversationId: 'hello',
      utterances: [{ id: 'hello', text: 'hello', status: 'done' }],
    });
  });

  it('should write changes together', () => {
    const storage = new FakeStorage();
    const { store, keeper } = open(storage);
    for (const text of ['a', 'b', 'c']) talk(store, text);
    expect(storage.writes).toBe(0);
    vi.advanceTimersByTime(500);
    expect(storage.writes).toBe(1);
    keeper.dispose();
    expect([storage.writes, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('should write seldom while a reply is heard, and at once when the page is hidden', () => {
    const storage = new FakeStorage();
    const { store, keeper } = open(storage);
    answer(store, 1);
    vi.advanceTimersByTime(500);
    storage.writes = 0;
    for (let moment = 0; moment < 500; moment += 1) {
      answer(store, 1000 * moment);
      vi.advanceTimersByTime(40);
    }
    expect(storage.writes).toBeLessThanOrEqual(2);
    storage.writes = 0;
    answer(store, 1e6);
    keeper.flush();
    expect(storage.writes).toBe(1);
    // What is over now is not put off by what may wait.
    answer(store, 1e6);
    talk(store, 'thanks');
    vi.advanceTimersByTime(500);
    expect(storage.writes).toBe(2);
  });

  it('should go on when nothing can be kept', () => {
    const storage = new FakeStorage();
    storage.isFull = true;
    storage.entries.set('vivavoce.history', '{broken');
    const { store, keeper } = open(storage);
    talk(store, 'hello');
    keeper.dispose();
    expect(store.getState().utterances).toHaveLength(1);
  });

  it('should not bring back what was deleted since', () => {
    const storage = new FakeStorage();
    const first = open(storage);
    talk(first.store, 'hello');
    first.keeper.dispose();
    expect(texts(open(storage, null, () => true))).toEqual([]);
  });
});

describe('tabs', () => {
  it('should find their own transcript again, and a new one the last there was', () => {
    const shared = new FakeStorage();
    const [one, other] = [new FakeStorage(), new FakeStorage()];
    for (const [tab, text] of [
      [one, 'first'],
      [other, 'second'],
    ] as const) {
      const { store, keeper } = open(shared, tab);
      store.dispatch({ type: 'history.cleared' });
      talk(store, text);
      keeper.dispose();
    }
    expect(texts(open(shared, one))).toEqual(['first']);
    expect(texts(open(shared, new FakeStorage()))).toEqual(['second']);
  });

  it('should leave what another keeps as it is when they give way to it', () => {
    const shared = new FakeStorage();
    const first = open(shared, new FakeStorage());
    talk(first.store, 'hello');
    first.keeper.flush();
    const tab = new FakeStorage();
    const second = open(shared, tab);
    second.keeper.giveWay();
    vi.advanceTimersByTime(20_000);
    second.keeper.dispose();
    expect(texts(second)).toEqual([]);
    expect(texts(open(shared, tab))).toEqual([]);
    expect(texts(open(shared))).toEqual(['hello']);
  });
});

describe('whose it is', () => {
  it('should wait for a user who has to say that they are back', () => {
    const shared = new FakeStorage();
    const first = open(shared, new FakeStorage());
    first.keeper.claim('ann');
    talk(first.store, 'hello');
    first.keeper.dispose();
    const later = open(shared, new FakeStorage());
    expect(texts(later)).toEqual([]);
    expect(later.keeper.claim('ben')).toBeNull();
    const again = open(shared, new FakeStorage());
    expect(again.keeper.claim('ann')?.utterances).toMatchObject([{ heard: 'hello' }]);
  });

  it('should be the user’s who says who they are after something was said', () => {
    const shared = new FakeStorage();
    const { store, keeper } = open(shared);
    talk(store, 'hello');
    expect(keeper.claim('ann')).toBeNull();
    vi.advanceTimersByTime(500);
    expect(keeper.user).toBe('ann');
    expect(texts(open(shared))).toEqual([]);
  });

  it('should not be handed to the next one by a user who is gone', () => {
    const [shared, tab] = [new FakeStorage(), new FakeStorage()];
    const { store, keeper } = open(shared, tab);
    keeper.claim('ann');
    talk(store, 'hello');
    keeper.flush();
    keeper.forget();
    vi.advanceTimersByTime(20_000);
    expect([...shared.entries.values(), ...tab.entries.values()].join()).not.toContain('hello');
    expect(texts({ store })).toEqual([]);
  });

  it('should outlast whoever talks without a key', () => {
    const shared = new FakeStorage();
    const anns = open(shared, new FakeStorage());
    anns.keeper.claim('ann');
    talk(anns.store, 'hello');
    anns.keeper.dispose();
    const somebody = open(shared, new FakeStorage());
    expect(texts(somebody)).toEqual([]);
    talk(somebody.store, 'who is there?');
    somebody.keeper.dispose();
    expect(texts(open(shared, new FakeStorage()))).toEqual(['who is there?']);
    const again = open(shared, new FakeStorage());
    expect(again.keeper.claim('ann')?.utterances).toMatchObject([{ heard: 'hello' }]);
  });

  it('should be found where it lay when there was one place for all', () => {
    const shared = new FakeStorage();
    const first = open(shared);
    first.keeper.claim('ann');
    talk(first.store, 'hello');
    first.keeper.dispose();
    const [[place, written] = ['', '']] = [...shared.entries];
    shared.entries.delete(place);
    shared.entries.set('vivavoce.history', written);
    const { keeper, store } = open(shared, new FakeStorage());
    expect(texts({ store })).toEqual([]);
    talk(store, 'who is there?');
    keeper.dispose();
    const again = open(shared, new FakeStorage());
    again.store.dispatch({ type: 'history.cleared' });
    expect(again.keeper.claim('ann')?.utterances).toMatchObject([{ heard: 'hello' }]);
  });

  it('should leave with a user who is gone, and nobody else’s with it', () => {
    const shared = new FakeStorage();
    for (const user of ['ann', 'ben', '']) {
      const { store, keeper } = open(shared, new FakeStorage());
      store.dispatch({ type: 'history.cleared' });
      if (user !== '') keeper.claim(user);
      talk(store, `I am ${user}.`);
      keeper.flush();
      if (user === 'ben') keeper.forget();
      keeper.dispose();
    }
    const left = [...shared.entries.values()].join();
    expect(['ann', 'ben', ''].map((user) => left.includes(`I am ${user}.`))).toEqual([true, false, true]);
  });

  it('should be kept of a few users, the latest', () => {
    const shared = new FakeStorage();
    for (let number = 1; number <= 8; number += 1) {
      const { store, keeper } = open(shared, new FakeStorage());
      keeper.claim(`user ${number}`);
      store.dispatch({ type: 'text.typed', id: 'm', text: `words ${number}`, at: number });
      keeper.dispose();
    }
    const kept = [...shared.entries.values()].join();
    const isKept = Array.from({ length: 8 }, (_, at) => kept.includes(`words ${at + 1}`));
    expect(isKept).toEqual([false, false, false, true, true, true, true, true]);
  });
});
