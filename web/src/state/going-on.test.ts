import { describe, expect, it } from 'vitest';

import type { Item } from '../protocol/index.ts';
import type { Action } from './actions.ts';
import { conversationToGoOn, untold } from './going-on.ts';
import type { OpenedConversation } from './going-on.ts';
import { INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';
import { reduce } from './reducer.ts';
import { liveUtterances } from './selectors.ts';
import { parseTranscript, store } from './stored.ts';

const AT = 1_700_000_000_000;

const after = (actions: readonly Action[], from: ConversationState = INITIAL_STATE): ConversationState =>
  actions.reduce(reduce, from);

const message = (id: string, text: string, role: 'user' | 'assistant' = 'user'): Item => ({
  id,
  type: 'message',
  role,
  status: 'completed',
  content: [role === 'user' ? { type: 'input_text', text } : { type: 'output_text', text }],
});

const typed = (id: string, text: string): Action => ({ type: 'text.typed', id, text, at: AT });
const online: Action = { type: 'connection.changed', connection: { kind: 'online' } };
const named: Action = {
  type: 'server.said',
  event: { type: 'conversation.created', conversation_id: 'c1' },
  at: AT,
};
const began: Action = { type: 'session.began', goesOn: true };
const told = (...items: readonly Item[]): Action => ({ type: 'session.caught_up', items, at: AT + 9 });

const TALKED = after([online, named, typed('a', 'One?'), typed('b', 'Two?'), typed('c', 'Three?')]);
const ids = ({ utterances }: ConversationState): readonly string[] => utterances.map(({ id }) => id);
const keys = ({ utterances }: ConversationState): readonly number[] => utterances.map(({ key }) => key);

describe('the conversation to go on with', () => {
  it('should be the one the server named, once the user said something in it', () => {
    expect(conversationToGoOn(after([online, named]))).toBeNull();
    expect(conversationToGoOn(TALKED)).toBe('c1');
  });

  it('should be none when it was lost, or left for a new one', () => {
    expect(conversationToGoOn(after([{ type: 'conversation.lost' }], TALKED))).toBeNull();
    expect(conversationToGoOn(after([{ type: 'history.cleared' }], TALKED))).toBeNull();
  });

  it('should not be one whose first words still wait to be sent', () => {
    expect(conversationToGoOn(after([named, typed('a', 'One?')]))).toBeNull();
  });
});

describe('a session that goes on', () => {
  it('should leave identities as they are', () => {
    expect(ids(after([began], TALKED))).toEqual(['a', 'b', 'c']);
  });

  it('should double nothing that the server tells', () => {
    const state = after([began, told(message('a', 'One?'), message('b', 'Two?'))], TALKED);
    expect(ids(state)).toEqual(['a', 'b', 'c']);
    expect(keys(state)).toEqual(keys(TALKED));
  });

  it('should have to be told what came after the last that it knows, and not what it left out before', () => {
    const rest = (...known: string[]): readonly string[] =>
      untold(TALKED, new Set(known)).map(({ utterance }) => utterance.id);
    expect(rest('a', 'b', 'c')).toEqual([]);
    expect(rest('b')).toEqual(['c']);
    expect(rest()).toEqual(['a', 'b', 'c']);
  });

  it('should have sent what waited', () => {
    const waiting = after(
      [{ type: 'connection.changed', connection: { kind: 'offline' } }, typed('d', 'Four?')],
      TALKED,
    );
    expect(waiting.utterances.at(-1)?.status).toBe('pending');
    expect(after([began, told(message('a', 'One?'))], waiting).utterances.at(-1)).toMatchObject({
      id: 'd',
      status: 'done',
    });
  });

  it('should show what was said in it elsewhere where it belongs', () => {
    const elsewhere = [message('x', 'Between?'), message('y', 'Answered.', 'assistant')];
    const state = after([began, told(message('a', 'One?'), ...elsewhere, message('b', 'Two?'))], TALKED);
    expect(ids(state)).toEqual(['a', 'x', 'y', 'b', 'c']);
    expect(state.utterances[2]).toMatchObject({ speaker: 'assistant', text: 'Answered.', status: 'done' });
    expect(keys(state)).toEqual([...keys(state)].sort((one, other) => one - other));
    expect(new Set(keys(state)).size).toBe(5);
    expect(state.nextKey).toBeGreaterThan(Math.max(...keys(state)));
  });

  it('should keep tools among the words they came between', () => {
    const call: Item = { id: 'm', type: 'mcp_call', name: 'clock', outcome: 'done' };
    const withTool = after(
      [
        { type: 'server.said', event: { type: 'conversation.item.added', item: call }, at: AT },
        typed('d', 'Four?'),
      ],
      TALKED,
    );
    const state = after([began, told(message('a', 'One?'), message('x', 'More?'))], withTool);
    const [tool] = state.tools;
    const key = (id: string): number => state.utterances.find((said) => said.id === id)?.key ?? 0;
    expect(key('c')).toBeLessThan(tool?.key ?? 0);
    expect(tool?.key ?? Infinity).toBeLessThan(key('d'));
  });
});

const OPENED: OpenedConversation = {
  id: 'c9',
  turns: [
    {
      kind: 'said',
      id: 'q',
      responseId: null,
      memories: [],
      utterance: {
        speaker: 'user',
        source: 'voice',
        status: 'done',
        heard: 'How is it?',
        unheard: '',
        at: AT,
        timing: null,
      },
    },
    { kind: 'tool', id: 't', name: 'clock', status: 'done' },
    {
      kind: 'said',
      id: 'r',
      responseId: 'resp',
      memories: [{ id: 'f', text: 'Has a dog.' }],
      utterance: {
        speaker: 'assistant',
        source: 'voice',
        status: 'interrupted',
        heard: 'Warm',
        unheard: ' and dry.',
        at: AT,
        timing: null,
      },
    },
  ],
};

describe('an earlier conversation that is opened', () => {
  it('should take the place of the present one, with all that belongs to it', () => {
    const state = after([{ type: 'conversation.opened', conversation: OPENED }], TALKED);
    expect(ids(state)).toEqual(['q', 'r']);
    expect(state.utterances[1]).toMatchObject({ text: 'Warm', unheard: ' and dry.', status: 'interrupted' });
    expect(state.memories).toEqual({ resp: [{ id: 'f', text: 'Has a dog.' }] });
    expect(state.tools).toMatchObject([{ name: 'clock', status: 'done' }]);
    expect(conversationToGoOn(state)).toBe('c9');
    expect(liveUtterances({ ...state, phase: 'running' })).toEqual([]);
  });

  it('should be the same after a reload', () => {
    const state = after([{ type: 'conversation.opened', conversation: OPENED }], TALKED);
    const kept: unknown = JSON.parse(JSON.stringify(store(state)));
    const restored = after([{ type: 'page.restored', transcript: parseTranscript(kept) }]);
    expect(ids(restored)).toEqual(['q', 'r']);
    expect(restored.tools).toMatchObject([{ name: 'clock', status: 'done' }]);
    expect(conversationToGoOn(restored)).toBe('c9');
  });
});

it('should read what was kept before conversations had names', () => {
  const nothing = { conversationId: null, utterances: [], tools: [] };
  expect(parseTranscript([{ broken: true }])).toEqual(nothing);
  expect(parseTranscript('junk')).toEqual(nothing);
});
