import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { retellable, stageOf } from './selectors.ts';
import { after, ANSWERING, ASKED, AT, ONLINE } from './testing.ts';

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
