import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Item, ServerEvent } from '../protocol/index.ts';
import { settle, setUp, started } from './testing.ts';
import type { SetUp } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const created = (id: string): ServerEvent => ({ type: 'conversation.created', conversation_id: id });
const message = (id: string, text: string): Item => ({
  id,
  type: 'message',
  role: 'user',
  status: 'completed',
  content: [{ type: 'input_text', text }],
});
const added = (item: Item): ServerEvent => ({ type: 'conversation.item.added', item });
const updated: ServerEvent = { type: 'session.updated', character: null };
const texts = ({ server }: SetUp): readonly string[] =>
  server
    .receivedOf('conversation.item.create')
    .flatMap(({ item }) =>
      'content' in item ? item.content.map((part) => ('text' in part ? part.text : '')) : [],
    );

/** In conversation c1, in which something was said. */
async function talking(): Promise<SetUp & { readonly said: string }> {
  const all = await started();
  all.server.say(created('c1'), updated);
  all.conversation.sendText('Is there tea?');
  const [utterance] = all.store.getState().utterances;
  return { ...all, said: utterance?.id ?? '' };
}

async function reconnected(all: SetUp): Promise<void> {
  all.server.end('gone');
  all.server.received.length = 0;
  await vi.advanceTimersByTimeAsync(100);
}

describe('coming back to a server that keeps the conversation', () => {
  it('should ask for it, and tell nothing that is known there', async () => {
    const all = await talking();
    await reconnected(all);
    expect(all.server.wanted).toEqual([null, 'c1']);
    all.server.say(created('c1'), added(message(all.said, 'Is there tea?')), updated);
    expect(all.server.received.map(({ type }) => type)).toEqual(['session.update']);
    expect(all.store.getState().utterances.map(({ id }) => id)).toEqual([all.said]);
  });

  it('should tell, once the server has told all, what it has lost and what was typed meanwhile', async () => {
    const all = await talking();
    all.conversation.sendText('And milk?');
    all.server.end('gone');
    all.conversation.sendText('Are you there?');
    all.server.received.length = 0;
    await vi.advanceTimersByTimeAsync(100);
    all.server.say(created('c1'), added(message(all.said, 'Is there tea?')));
    expect(texts(all)).toEqual([]);
    all.server.say(updated);
    expect(texts(all)).toEqual(['And milk?', 'Are you there?']);
    expect(all.server.received.at(-1)).toEqual({ type: 'response.create' });
    all.server.say(updated);
    expect(texts(all)).toHaveLength(2);
  });

  it('should wait for a server that says nothing no longer than is reasonable', async () => {
    const all = await talking();
    await reconnected(all);
    all.server.say(created('c1'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(texts(all)).toEqual(['Is there tea?']);
  });

  it('should leave no clock running when it is stopped meanwhile', async () => {
    const all = await talking();
    await reconnected(all);
    all.conversation.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('should begin anew, with all that the page knows, where it is not known any more', async () => {
    const all = await talking();
    await reconnected(all);
    all.server.end('unknown_conversation');
    await settle();
    expect(all.server.wanted).toEqual([null, 'c1', null]);
    expect(texts(all)).toEqual(['Is there tea?']);
    expect(all.store.getState()).toMatchObject({ connection: { kind: 'online' }, problems: [] });
    all.server.say(created('c2'));
    expect(all.store.getState()).toMatchObject({
      conversationId: 'c2',
      utterances: [{ text: 'Is there tea?' }],
    });
  });

  it('should not take the conversation back from the window it goes on in', async () => {
    const all = await talking();
    all.server.end('elsewhere');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(all.server.opened).toBe(1);
    expect(all.audio.open).toBe(0);
    expect(all.store.getState().problems).toMatchObject([{ code: 'elsewhere' }]);
  });
});

describe('an earlier conversation', () => {
  const EARLIER = {
    id: 'c7',
    turns: [
      {
        kind: 'said',
        id: 'q',
        responseId: null,
        memories: [],
        utterance: {
          speaker: 'user',
          source: 'text',
          status: 'done',
          heard: 'Hi.',
          unheard: '',
          at: 1,
          timing: null,
        },
      },
    ],
  } as const;

  it('should be gone on with at once where one is running', async () => {
    const all = await talking();
    all.conversation.openConversation(EARLIER);
    await settle();
    expect(all.server.wanted).toEqual([null, 'c7']);
    expect(all.server.open).toBe(1);
    expect(all.audio.open).toBe(1);
    expect(all.store.getState().utterances).toMatchObject([{ id: 'q', text: 'Hi.' }]);
  });

  it('should wait for the user to start where none is', async () => {
    const all = setUp();
    all.conversation.openConversation(EARLIER);
    await settle();
    expect(all.server.opened).toBe(0);
    await all.conversation.start({ microphone: true });
    await settle();
    expect(all.server.wanted).toEqual(['c7']);
  });

  it('should be left for a new one, also while the link is being made again', async () => {
    const all = await talking();
    all.server.isGreeting = false;
    all.server.end('gone');
    await vi.advanceTimersByTimeAsync(100);
    all.conversation.clearHistory();
    all.server.isGreeting = true;
    await settle();
    expect(all.server.wanted).toEqual([null, 'c1', null]);
    expect(all.server.open).toBe(1);
    expect(all.store.getState()).toMatchObject({ conversationId: null, utterances: [] });
  });
});
