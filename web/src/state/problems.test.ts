import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { INITIAL_STATE } from './model.ts';
import { stageOf } from './selectors.ts';
import { after, ONLINE, said } from './testing.ts';

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
