import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { INITIAL_STATE } from './model.ts';
import { reduce } from './reducer.ts';
import { liveUtterances, pastUtterances, stageOf } from './selectors.ts';
import { createConversationStore } from './store.ts';
import { after, ANSWERING, ASKED, AT, done, ONLINE, said } from './testing.ts';

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
