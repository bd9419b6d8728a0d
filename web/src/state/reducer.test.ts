import { describe, expect, it } from 'vitest';

import type { ServerEvent } from '../protocol/index.ts';
import type { Action } from './actions.ts';
import { captionOf } from './captions.ts';
import { INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';
import { reduce } from './reducer.ts';
import { canInterrupt, liveUtterances, newWords, pastUtterances, retellable, stageOf } from './selectors.ts';
import { createConversationStore } from './store.ts';
import { parseStored, store } from './stored.ts';

const AT = 1_700_000_000_000;

function said(...events: readonly ServerEvent[]): readonly Action[] {
  return events.map((event) => ({ type: 'server.said', event, at: AT }));
}

function after(actions: readonly Action[], from: ConversationState = INITIAL_STATE): ConversationState {
  return actions.reduce(reduce, from);
}

const ONLINE: readonly Action[] = [
  { type: 'conversation.starting' },
  { type: 'conversation.running', hasMicrophone: true },
  { type: 'connection.changed', connection: { kind: 'connecting' } },
  { type: 'connection.changed', connection: { kind: 'online' } },
  { type: 'session.began' },
  ...said({ type: 'vivavoce.turn.state', state: 'listening', reason: '' }),
];

const ASKED = said(
  { type: 'vivavoce.input.partial', item_id: 'u1', stable: 'what time', unstable: ' is' },
  {
    type: 'conversation.item.added',
    item: {
      id: 'u1',
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_audio', transcript: null }],
    },
  },
  {
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: 'u1',
    transcript: ' What time is it? ',
  },
);

const ANSWERING = said(
  { type: 'response.created', response: { id: 'r1', status: 'in_progress', error: null } },
  {
    type: 'response.output_item.added',
    response_id: 'r1',
    item: { id: 'a1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
  },
  {
    type: 'vivavoce.audio.stream',
    response_number: 1,
    response_id: 'r1',
    item_id: 'a1',
    content_index: 0,
    sample_rate_hz: 24000,
  },
  {
    type: 'vivavoce.output.segment',
    response_id: 'r1',
    item_id: 'a1',
    first_sample: 0,
    samples: 1000,
    text: 'It is noon.',
  },
);

const done = (status: 'completed' | 'cancelled' | 'failed'): readonly Action[] =>
  said({
    type: 'response.done',
    response: { id: 'r1', status, error: { code: 'x', message: 'engine fell over' } },
  });

describe('a spoken exchange', () => {
  it('should show the words while they are said, apart from those that may change', () => {
    const state = after([...ONLINE, ...ASKED.slice(0, 1)]);
    expect(state.partial).toEqual({ id: 'u1', stable: 'what time', unstable: ' is' });
    expect(state.utterances).toEqual([]);
  });

  it('should keep the words it has when the turn ends, until the final ones come', () => {
    const state = after([...ONLINE, ...ASKED.slice(0, 2)]);
    expect(state.partial).toBeNull();
    expect(state.utterances).toMatchObject([{ id: 'u1', text: 'what time is', status: 'live' }]);
    expect(after(ASKED.slice(2), state).utterances).toMatchObject([
      { text: 'What time is it?', status: 'done' },
    ]);
  });

  it('should forget a turn in which nothing was understood', () => {
    const empty = said({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u1',
      transcript: ' ',
    });
    expect(after([...ONLINE, ...ASKED.slice(0, 2), ...empty]).utterances).toEqual([]);
  });

  it('should let a reply end when it was played, not when it was made', () => {
    const made = after([...ONLINE, ...ASKED, ...ANSWERING, ...done('completed')]);
    expect(made.utterances.at(-1)).toMatchObject({ status: 'live' });
    const played = after([{ type: 'playout.ended', playhead: { item: 'a1', played: 1000 } }], made);
    expect(played.utterances.at(-1)).toMatchObject({ status: 'done', playedSamples: 1000 });
  });

  it('should let a reply without sound end with its response', () => {
    const written = said({
      type: 'response.output_text.delta',
      response_id: 'r1',
      item_id: 'a1',
      delta: 'Noon.',
    });
    const state = after([...ONLINE, ...ASKED, ...ANSWERING.slice(0, 2), ...written, ...done('completed')]);
    expect(state.utterances.at(-1)).toMatchObject({ status: 'done', text: 'Noon.' });
  });

  it('should keep what was heard of a reply that was cut short', () => {
    const state = after([
      ...ONLINE,
      ...ASKED,
      ...ANSWERING,
      { type: 'playout.progress', playhead: { item: 'a1', played: 400 } },
      { type: 'playout.cleared', playhead: { item: 'a1', played: 450 } },
      ...done('cancelled'),
      { type: 'playout.progress', playhead: { item: 'a1', played: 300 } },
    ]);
    const reply = state.utterances.at(-1);
    expect(reply).toMatchObject({ status: 'interrupted', playedSamples: 450 });
    expect(reply && captionOf(reply)).toEqual({ heard: 'It is', coming: '', unheard: ' noon.' });
  });

  it('should say why a reply broke off', () => {
    const state = after([...ONLINE, ...ASKED, ...ANSWERING, ...done('failed')]);
    expect(state.utterances.at(-1)).toMatchObject({ status: 'failed' });
    expect(state.problems).toEqual([{ code: 'reply_failed', detail: 'engine fell over' }]);
    const next = said({
      type: 'response.created',
      response: { id: 'r2', status: 'in_progress', error: null },
    });
    expect(after(next, state).problems).toEqual([]);
  });

  it('should gather the marks of a turn under its reply', () => {
    const marks = said(
      { type: 'vivavoce.turn.timing', response_id: 'r1', marks: { first_audio: 410 } },
      { type: 'vivavoce.turn.timing', response_id: 'r1', marks: { played: 1900 } },
      { type: 'vivavoce.turn.timing', response_id: 'other', marks: { played: 1 } },
    );
    const state = after([...ONLINE, ...ASKED, ...ANSWERING, ...marks]);
    expect(state.utterances.map(({ timing }) => timing)).toEqual([null, { first_audio: 410, played: 1900 }]);
  });

  it('should make a reply of the first news of it, whatever that is', () => {
    const state = after([...ONLINE, ...ANSWERING.slice(3)]);
    expect(state.utterances).toMatchObject([{ id: 'a1', speaker: 'assistant', responseId: 'r1' }]);
  });

  it('should hold past and present apart, and begin anew when the user speaks', () => {
    const heard = { type: 'playout.ended', playhead: { item: 'a1', played: 1000 } } as const;
    const first = after([...ONLINE, ...ASKED, ...ANSWERING, ...done('completed'), heard]);
    expect(liveUtterances(first).map(({ id }) => id)).toEqual(['u1', 'a1']);
    const again = said({ type: 'vivavoce.input.partial', item_id: 'u2', stable: '', unstable: 'no' });
    const second = after(again, first);
    expect(liveUtterances(second)).toEqual([]);
    expect(pastUtterances(second).map(({ id }) => id)).toEqual(['u1', 'a1']);
  });
});

describe('words beside a reply', () => {
  const steered = (what: 'hold' | 'resume' | 'clear'): readonly Action[] =>
    said({ type: `vivavoce.playout.${what}`, response_id: 'r1', item_id: 'a1' });
  const MUTTERED = said(
    { type: 'vivavoce.input.partial', item_id: 'u2', stable: '', unstable: 'mm-hm' },
    {
      type: 'conversation.item.added',
      item: {
        id: 'u2',
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_audio', transcript: null }],
      },
    },
  );
  const SPEAKING = [
    ...ONLINE,
    ...ASKED,
    ...ANSWERING,
    ...said({ type: 'vivavoce.turn.state', state: 'speaking', reason: '' }),
  ];
  const ids = (utterances: readonly { readonly id: string }[]): readonly string[] =>
    utterances.map(({ id }) => id);

  it('should leave the exchange as it is while they are said, and afterwards', () => {
    const muttering = after([...SPEAKING, ...steered('hold'), ...MUTTERED.slice(0, 1)]);
    expect(ids(liveUtterances(muttering))).toEqual(['u1', 'a1']);
    expect(newWords(muttering)).toBeNull();
    const state = after([...MUTTERED.slice(1), ...steered('resume')], muttering);
    expect(ids(liveUtterances(state))).toEqual(['u1', 'a1', 'u2']);
    expect(state.utterances.at(-1)).toMatchObject({ aside: 'yes', text: 'mm-hm' });
    expect(state.utterances.at(-2)).toMatchObject({ status: 'live', isHeld: false });
  });

  it('should be a turn of their own when they turn out to cut the reply short', () => {
    const state = after([...SPEAKING, ...steered('hold'), ...MUTTERED, ...steered('clear')]);
    expect(state.utterances.at(-1)).toMatchObject({ aside: 'no' });
    expect(ids(liveUtterances(state))).toEqual(['u2']);
  });

  it('should be a turn of their own when they are understood only after the reply had gone on', () => {
    const waited = [...SPEAKING, ...steered('hold'), ...MUTTERED, ...steered('resume')];
    const state = after([...waited, ...steered('clear')]);
    expect(state.utterances.at(-1)).toMatchObject({ id: 'u2', aside: 'no' });
  });

  it('should stay beside the reply when later ones cut it short', () => {
    const understood = said({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u2',
      transcript: 'Mm-hm.',
    });
    const muttered = [...SPEAKING, ...steered('hold'), ...MUTTERED, ...understood, ...steered('resume')];
    const state = after([...muttered, ...steered('hold'), ...steered('clear')]);
    expect(state.utterances.at(-1)).toMatchObject({ id: 'u2', aside: 'yes' });
  });

  it('should be a turn of their own after a clear of which the loudspeaker has not told yet', () => {
    const state = after([...SPEAKING, ...steered('clear'), ...MUTTERED]);
    expect(state.utterances.at(-1)).toMatchObject({ aside: 'no' });
  });

  it('should show that somebody listens while the reply is on hold, and that it speaks when it goes on', () => {
    const held = after([...SPEAKING, ...steered('hold')]);
    expect(stageOf(held)).toEqual({ state: 'listening', hint: 'speak' });
    expect(stageOf(after(steered('resume'), held)).state).toBe('speaking');
  });

  it('should be kept as what they were', () => {
    const ended = { type: 'playout.ended', playhead: { item: 'a1', played: 1000 } } as const;
    const heard = said({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u2',
      transcript: 'Mm-hm.',
    });
    const state = after([...SPEAKING, ...MUTTERED, ...heard, ...done('completed'), ended]);
    const kept = parseStored(JSON.parse(JSON.stringify(store(state))));
    const back = after([{ type: 'page.restored', utterances: kept, preferences: {} }]);
    expect(back.utterances.map(({ text, aside }) => [text, aside])).toEqual([
      ['What time is it?', 'no'],
      ['It is noon.', 'no'],
      ['Mm-hm.', 'yes'],
    ]);
  });
});

describe('typed text', () => {
  it('should wait while there is no session, and no longer once there is one', () => {
    const typed: Action = { type: 'text.typed', id: 'msg_1', text: 'hello', at: AT };
    const waiting = after([typed]);
    expect(waiting.utterances).toMatchObject([{ status: 'pending', id: 'msg_1' }]);
    expect(after([{ type: 'session.began' }], waiting).utterances).toMatchObject([
      { status: 'done', id: 'past_1' },
    ]);
    expect(after([...ONLINE, typed]).utterances).toMatchObject([{ status: 'done' }]);
  });

  it('should not appear twice when the server repeats it', () => {
    const echo = said({
      type: 'conversation.item.added',
      item: {
        id: 'msg_1',
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_text', text: 'hello' }],
      },
    });
    const state = after([...ONLINE, { type: 'text.typed', id: 'msg_1', text: 'hello', at: AT }, ...echo]);
    expect(state.utterances).toHaveLength(1);
  });
});

describe('losing the server', () => {
  const LOST: Action = {
    type: 'connection.changed',
    connection: { kind: 'reconnecting', attempt: 2, limit: 8 },
  };

  it('should end what was under way and keep every word', () => {
    const speaking: Action = { type: 'playout.progress', playhead: { item: 'a1', played: 500 } };
    const state = after([...ONLINE, ...ASKED, ...ANSWERING, speaking, LOST]);
    expect(state.utterances).toMatchObject([{ status: 'done' }, { status: 'interrupted' }]);
    expect(state.problems).toEqual([{ code: 'server_gone', detail: '' }]);
    expect(stageOf(state)).toEqual({ state: 'idle', hint: 'reconnecting' });
  });

  it('should keep what the user was saying', () => {
    const state = after([...ONLINE, ...ASKED.slice(0, 1), LOST]);
    expect(state.utterances).toMatchObject([{ text: 'what time is', status: 'done' }]);
    expect(state.partial).toBeNull();
  });

  it('should give everything a new identity that the new session has not given away', () => {
    const state = after([...ONLINE, ...ASKED, ...ANSWERING, LOST, { type: 'session.began' }]);
    expect(state.utterances.map(({ id, responseId }) => [id, responseId])).toEqual([
      ['past_1', null],
      ['past_2', null],
    ]);
  });

  it('should retell what was heard and leave out what was not', () => {
    const cut: Action = { type: 'playout.cleared', playhead: { item: 'a1', played: 450 } };
    const state = after([...ONLINE, ...ASKED, ...ANSWERING, cut, LOST]);
    expect(retellable(state).map(({ text }) => text)).toEqual(['What time is it?', 'It is']);
  });

  it('should retell the newest words that fit', () => {
    const typed = Array.from({ length: 60 }, (_, index): Action => {
      return { type: 'text.typed', id: `msg_${index}`, text: `${index} ${'x'.repeat(300)}`, at: AT };
    });
    const told = retellable(after(typed));
    expect(told.at(-1)?.text).toMatch(/^59 /);
    expect(told.length).toBeGreaterThan(20);
    expect(told.map(({ text }) => text).join('').length).toBeLessThanOrEqual(8000);
  });

  it('should forget the problem once it is back', () => {
    const state = after([...ONLINE, LOST, { type: 'connection.changed', connection: { kind: 'online' } }]);
    expect(state.problems).toEqual([]);
  });

  it.each([
    [{ kind: 'failed' }, 'gave_up'],
    [{ kind: 'refused', cause: 'capacity' }, 'capacity'],
    [{ kind: 'refused', cause: 'unauthorised' }, 'unauthorised'],
  ] as const)('should show an error when it ends as %o', (connection, code) => {
    const state = after([...ONLINE, LOST, { type: 'connection.changed', connection }]);
    expect(state.problems.map((problem) => problem.code)).toEqual([code]);
    expect(stageOf(state).state).toBe('error');
  });
});

describe('stageOf', () => {
  const online = after(ONLINE);
  const SPEAKING = said({ type: 'vivavoce.turn.state', state: 'speaking', reason: '' });

  it.each([
    ['idle', 'start', INITIAL_STATE],
    ['idle', 'starting', after(ONLINE.slice(0, 1))],
    ['idle', 'connecting', after(ONLINE.slice(0, 3))],
    ['listening', 'speak', online],
    ['idle', 'muted', after([{ type: 'microphone.muted', isMuted: true }], online)],
    ['idle', 'hold', after([{ type: 'preferences.changed', preferences: { mode: 'push-to-talk' } }], online)],
    ['listening', 'release', after([{ type: 'talk.held', isHolding: true }], online)],
    ['idle', 'type', after([{ type: 'conversation.running', hasMicrophone: false }], online)],
    [
      'processing',
      'thinking',
      after(said({ type: 'vivavoce.turn.state', state: 'processing', reason: '' }), online),
    ],
    ['speaking', 'interrupt_by_voice', after(SPEAKING, online)],
    ['speaking', 'interrupt', after([...SPEAKING, { type: 'microphone.muted', isMuted: true }], online)],
    [
      'error',
      'see_problem',
      after([{ type: 'problem.raised', problem: { code: 'no_microphone', detail: '' } }]),
    ],
  ] as const)('should be %s with the hint "%s"', (state, hint, given) => {
    expect(stageOf(given)).toEqual({ state, hint });
  });
});

describe('problems', () => {
  it('should keep one of each kind', () => {
    const raised = [1, 2].map((n): Action => ({
      type: 'problem.raised',
      problem: { code: 'server_error', detail: `${n}` },
    }));
    expect(after(raised).problems).toEqual([{ code: 'server_error', detail: '2' }]);
    expect(after([...raised, { type: 'problem.gone', code: 'server_error' }]).problems).toEqual([]);
  });

  it('should pass over errors that are no news', () => {
    const error = said({
      type: 'error',
      error: { code: 'response_cancel_not_active', message: 'nothing to cancel' },
    });
    expect(after(error)).toBe(INITIAL_STATE);
  });

  it.each(['model_missing', 'stt_unavailable'])(
    'should tell a missing model from other errors: %s',
    (code) => {
      const error = said({ type: 'error', error: { code, message: 'no weights' } });
      expect(after(error).problems).toEqual([{ code: 'model_missing', detail: 'no weights' }]);
    },
  );

  it('should go on without the microphone when it is taken away', () => {
    const state = after([...ONLINE, { type: 'microphone.lost' }]);
    expect(stageOf(state)).toEqual({ state: 'idle', hint: 'type' });
    expect(state.problems).toMatchObject([{ code: 'microphone_lost' }]);
  });
});

describe('interrupting', () => {
  it('should be possible while a reply plays, and not after it', () => {
    const speaking = after([...ONLINE, ...ASKED, ...ANSWERING]);
    expect(canInterrupt(speaking)).toBe(true);
    const cut: Action = { type: 'playout.cleared', playhead: { item: 'a1', played: 1 } };
    expect(canInterrupt(after([cut], speaking))).toBe(false);
  });
});

describe('what is kept', () => {
  it('should come back as it was read', () => {
    const cut: Action = { type: 'playout.cleared', playhead: { item: 'a1', played: 450 } };
    const kept = store(after([...ONLINE, ...ASKED, ...ANSWERING, cut]));
    const read = parseStored(JSON.parse(JSON.stringify(kept)) as unknown);
    expect(read).toEqual(kept);
    const state = after([{ type: 'page.restored', utterances: read, preferences: { language: 'zh' } }]);
    expect(state.utterances.map(captionOf)).toEqual([
      { heard: 'What time is it?', coming: '', unheard: '' },
      { heard: 'It is', coming: '', unheard: ' noon.' },
    ]);
    expect(state.preferences).toEqual({ ...INITIAL_STATE.preferences, language: 'zh' });
    expect(liveUtterances(after(ONLINE, state))).toEqual([]);
  });

  it('should leave out what is not over', () => {
    expect(store(after([...ONLINE, ...ASKED, ...ANSWERING]))).toMatchObject([{ heard: 'What time is it?' }]);
  });

  it('should leave out entries it cannot read', () => {
    const good = {
      speaker: 'user',
      source: 'text',
      status: 'done',
      heard: 'a',
      unheard: '',
      at: 1,
      timing: null,
    };
    expect(
      parseStored([good, null, 3, { ...good, speaker: 'dog' }, { ...good, timing: { a: 'b' } }]),
    ).toEqual([good]);
    expect(parseStored('nonsense')).toEqual([]);
  });

  it('should be bounded', () => {
    const typed = Array.from({ length: 500 }, (_, index): Action => {
      return { type: 'text.typed', id: `msg_${index}`, text: `${index}`, at: AT };
    });
    const state = after([...ONLINE, ...typed]);
    expect(state.utterances).toHaveLength(400);
    expect(store(state)).toHaveLength(200);
    expect(store(state).at(-1)?.heard).toBe('499');
  });
});

describe('any order of events', () => {
  /** A small generator (Mulberry32), so that a failing order can be repeated from its seed. */
  function randomFrom(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  const POOL: readonly Action[] = [
    ...ONLINE,
    ...ASKED,
    ...ANSWERING,
    ...done('completed'),
    ...done('cancelled'),
    { type: 'playout.progress', playhead: { item: 'a1', played: 300 } },
    { type: 'playout.ended', playhead: { item: 'a1', played: 1000 } },
    { type: 'playout.cleared', playhead: { item: 'a1', played: 500 } },
    { type: 'text.typed', id: 'msg_1', text: 'hello', at: AT },
    { type: 'connection.changed', connection: { kind: 'reconnecting', attempt: 1, limit: 8 } },
    { type: 'conversation.stopped' },
    { type: 'history.cleared' },
  ];

  it('should never repeat a key, lose heard words, or leave anything live after the end', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomFrom(seed);
      let state = INITIAL_STATE;
      for (let step = 0; step < 60; step += 1) {
        const action = POOL[Math.floor(random() * POOL.length)] ?? { type: 'history.cleared' };
        state = reduce(state, action);
        const keys = state.utterances.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        expect([...pastUtterances(state), ...liveUtterances(state)]).toEqual(state.utterances);
      }
      state = reduce(state, { type: 'conversation.stopped' });
      expect(state.utterances.filter(({ status }) => status === 'live')).toEqual([]);
    }
  });
});

it('should tell subscribers of changes, and of nothing else', () => {
  const conversation = createConversationStore();
  let changes = 0;
  conversation.subscribe(() => (changes += 1));
  conversation.dispatch({ type: 'microphone.muted', isMuted: true });
  conversation.dispatch({ type: 'problem.gone', code: 'capacity' });
  expect(changes).toBe(1);
});
