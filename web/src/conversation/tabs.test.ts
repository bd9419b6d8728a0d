import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createConversationStore } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { Tabs } from './tabs.ts';
import type { Channel } from './tabs.ts';

/** The tabs of one browser: what one says, all others hear, a moment later. */
class Air {
  readonly #channels = new Set<EventTarget>();

  readonly open = (): Channel => {
    const channel = new EventTarget();
    this.#channels.add(channel);
    return {
      addEventListener: channel.addEventListener.bind(channel) as Channel['addEventListener'],
      postMessage: (data: unknown) => {
        queueMicrotask(() => {
          for (const other of this.#channels) {
            if (other !== channel) other.dispatchEvent(new MessageEvent('message', { data }));
          }
        });
      },
      close: () => {
        this.#channels.delete(channel);
      },
    };
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let numbers = 0;

function tab(air: Air, conversationId: string | null): { store: ConversationStore; tabs: Tabs } {
  const store = createConversationStore();
  store.dispatch({
    type: 'page.restored',
    transcript: {
      conversationId,
      utterances: [
        { speaker: 'user', source: 'text', status: 'done', heard: 'Hi.', unheard: '', at: 1, timing: null },
      ],
      tools: [],
    },
  });
  numbers += 1;
  const number = numbers;
  const giveWay = (): void => {
    store.dispatch({ type: 'history.cleared' });
  };
  return { store, tabs: new Tabs({ store, open: air.open, giveWay, random: () => number }) };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(10);
const words = ({ store }: { store: ConversationStore }): number => store.getState().utterances.length;

it('should leave a conversation to the tab that has it already', async () => {
  const air = new Air();
  const first = tab(air, 'c1');
  await vi.advanceTimersByTimeAsync(5000);
  const second = tab(air, 'c1');
  await settle();
  expect([words(first), words(second)]).toEqual([1, 0]);
  expect(second.store.getState().conversationId).toBeNull();
});

it('should keep the conversation after a reload, and when others have theirs', async () => {
  const air = new Air();
  const first = tab(air, 'c1');
  const other = tab(air, 'c2');
  await settle();
  first.tabs.close();
  const reloaded = tab(air, 'c1');
  await settle();
  expect([words(other), words(reloaded)]).toEqual([1, 1]);
});

it('should leave it to one of two tabs that were opened together', async () => {
  const air = new Air();
  const pair = [tab(air, 'c1'), tab(air, 'c1')];
  await settle();
  expect(pair.map(words)).toEqual([1, 0]);
});

it('should take nothing from a user who has started', async () => {
  const air = new Air();
  tab(air, 'c1');
  await vi.advanceTimersByTimeAsync(5000);
  const second = tab(air, 'c1');
  second.store.dispatch({ type: 'conversation.starting' });
  await settle();
  expect(words(second)).toBe(1);
});

it('should ask again for a conversation that is found later', async () => {
  const air = new Air();
  tab(air, 'c1');
  await vi.advanceTimersByTimeAsync(5000);
  const second = tab(air, null);
  await vi.advanceTimersByTimeAsync(5000);
  second.store.dispatch({
    type: 'server.said',
    event: { type: 'conversation.created', conversation_id: 'c1' },
    at: 1,
  });
  second.tabs.ask();
  await settle();
  expect(words(second)).toBe(0);
});

it('should do without channels, and close what it opened', () => {
  const store = createConversationStore();
  new Tabs({ store, open: () => null, giveWay: vi.fn() }).close();
  const air = new Air();
  const { tabs } = tab(air, 'c1');
  tabs.close();
  expect(vi.getTimerCount()).toBe(0);
});
