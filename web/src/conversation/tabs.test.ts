import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

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

function tab(
  air: Air,
  conversationId: string | null,
  number = (numbers += 1),
): { store: ConversationStore; tabs: Tabs } {
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

/** Every order of a few things. */
function orders<Thing>(things: readonly Thing[]): readonly (readonly Thing[])[] {
  if (things.length === 0) return [[]];
  return things.flatMap((first, place) =>
    orders(things.toSpliced(place, 1)).map((others) => [first, ...others]),
  );
}

const GAPS_MS = [0, 10, 300, 1500];
const ARRIVALS = orders([0.1, 0.5, 0.9]).flatMap((tabs) =>
  GAPS_MS.flatMap((second) => GAPS_MS.map((third) => ({ tabs, gaps: [0, second, third] }))),
);

describe('tabs that come one after the other', () => {
  it.each(ARRIVALS)('should leave it to exactly one: $tabs after $gaps ms', async ({ tabs, gaps }) => {
    const air = new Air();
    const all: ReturnType<typeof tab>[] = [];
    for (const [place, number] of tabs.entries()) {
      await vi.advanceTimersByTimeAsync(gaps[place] ?? 0);
      all.push(tab(air, 'c1', number));
    }
    await vi.advanceTimersByTimeAsync(5000);
    expect(all.map(words).toSorted()).toEqual([0, 0, 1]);
  });

  it.each(GAPS_MS.filter((gap) => gap > 0))(
    'should leave it to the first, who has started, after %i ms',
    async (gap) => {
      for (const [mine, other] of orders([0.1, 0.9])) {
        const air = new Air();
        const first = tab(air, 'c1', mine);
        first.store.dispatch({ type: 'conversation.starting' });
        await vi.advanceTimersByTimeAsync(gap);
        const second = tab(air, 'c1', other);
        await vi.advanceTimersByTimeAsync(5000);
        expect([words(first), words(second)]).toEqual([1, 0]);
      }
    },
  );
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
