import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { captionOf } from './captions.ts';
import type { ConversationState } from './model.ts';
import { liveUtterances, toolsBetween } from './selectors.ts';
import { isOverAlike, parseTranscript, store } from './stored.ts';
import type { StoredTranscript } from './stored.ts';
import { after, ANSWERING, ASKED, AT, ONLINE, said } from './testing.ts';

const CUT: Action = { type: 'playout.cleared', playhead: { item: 'a1', played: 450 } };
const HEARD: Action = { type: 'playout.progress', playhead: { item: 'a1', played: 450 } };

/** What is there again after it was kept and read. */
function reloaded(state: ConversationState): ConversationState {
  const transcript = parseTranscript(JSON.parse(JSON.stringify(store(state))) as unknown);
  return after([{ type: 'page.restored', transcript }]);
}

describe('what is kept', () => {
  it('should come back as it was', () => {
    const kept = store(after([...ONLINE, ...ASKED, ...ANSWERING, CUT]));
    expect(parseTranscript(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
    const state = after([{ type: 'page.restored', transcript: kept }]);
    expect(state.utterances.map(captionOf)).toEqual([
      { heard: 'What time is it?', coming: '', unheard: '' },
      { heard: 'It is', coming: '', unheard: ' noon.' },
    ]);
    expect(liveUtterances(after(ONLINE, state))).toEqual([]);
  });

  it('should hold what is under way as if it ended now', () => {
    const state = reloaded(after([...ONLINE, ...ASKED, ...ANSWERING, HEARD]));
    expect(state.utterances).toMatchObject([
      { status: 'done', text: 'What time is it?' },
      { status: 'interrupted', text: 'It is', unheard: ' noon.' },
    ]);
  });

  it('should hold what was typed and not sent yet, which still waits', () => {
    const typed: Action = { type: 'text.typed', id: 'msg_1', text: 'hello', at: AT };
    expect(reloaded(after([typed])).utterances).toMatchObject([{ id: 'msg_1', status: 'pending' }]);
  });

  it('should hold the tools that were used, where they were used', () => {
    const tool = (id: string, name: string): ReturnType<typeof said> =>
      said({ type: 'conversation.item.added', item: { id, type: 'mcp_call', name, outcome: 'open' } });
    const state = reloaded(
      after([
        ...ONLINE,
        ...ASKED,
        ...tool('t1', 'clock'),
        ...said({ type: 'response.mcp_call.completed', item_id: 't1' }),
        ...ANSWERING,
        CUT,
        ...tool('t2', 'calendar'),
      ]),
    );
    const [question, reply] = state.utterances.map(({ key }) => key);
    expect(toolsBetween(state, question ?? 0, reply ?? 0)).toMatchObject([
      { id: 't1', name: 'clock', status: 'done' },
    ]);
    // What was running when the page was left is not known to have ended well.
    expect(toolsBetween(state, reply ?? 0, Infinity)).toMatchObject([{ id: 't2', status: 'failed' }]);
  });

  it('should not hold a question that has no one to ask any more', () => {
    const asks = said({
      type: 'conversation.item.added',
      item: { id: 'q1', type: 'mcp_approval_request', name: 'send_mail', arguments: '{}' },
    });
    expect(store(after([...ONLINE, ...ASKED, ...asks])).tools).toEqual([]);
  });

  it('should be read without the entries that cannot be read', () => {
    const good = {
      speaker: 'user',
      source: 'text',
      status: 'done',
      heard: 'a',
      unheard: '',
      at: 1,
      timing: null,
    };
    const utterances = [good, null, 3, { ...good, speaker: 'dog' }, { ...good, timing: { a: 'b' } }];
    const tool = { id: 't', name: 'clock', status: 'done', place: 1 };
    const tools = [tool, 4, { ...tool, status: 'asking' }, { ...tool, place: 'here' }];
    const nothing: StoredTranscript = { conversationId: null, utterances: [], tools: [] };
    expect(parseTranscript({ utterances, tools })).toEqual({
      ...nothing,
      utterances: [good],
      tools: [tool],
    });
    expect(parseTranscript('nonsense')).toEqual(nothing);
  });

  it('should be bounded', () => {
    const typed = Array.from({ length: 500 }, (_, index): Action => {
      return { type: 'text.typed', id: `msg_${index}`, text: `${index}`, at: AT };
    });
    const state = after([...ONLINE, ...typed]);
    expect(state.utterances).toHaveLength(400);
    expect(store(state).utterances).toHaveLength(200);
    expect(store(state).utterances.at(-1)?.heard).toBe('499');
  });
});

describe('whether only what is under way has changed', () => {
  const sounding = after([...ONLINE, ...ASKED, ...ANSWERING]);

  it('should be so while a reply is heard', () => {
    expect(isOverAlike(after([HEARD], sounding), sounding)).toBe(true);
  });

  it.each([
    ['a reply ends', CUT],
    ['something is typed', { type: 'text.typed', id: 'm', text: 'and', at: AT }],
    ['all is cleared', { type: 'history.cleared' }],
    ...said({ type: 'conversation.created', conversation_id: 'c1' }).map(
      (action) => ['the conversation is named', action] as const,
    ),
  ] as const)('should not be so when %s', (_what, action) => {
    expect(isOverAlike(after([action], sounding), sounding)).toBe(false);
  });
});
