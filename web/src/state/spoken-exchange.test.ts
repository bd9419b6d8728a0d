import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { captionOf } from './captions.ts';
import { canInterrupt, liveUtterances, pastUtterances } from './selectors.ts';
import { after, ANSWERING, ASKED, done, ONLINE, said } from './testing.ts';

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

describe('interrupting', () => {
  it('should be possible while a reply plays, and not after it', () => {
    const speaking = after([...ONLINE, ...ASKED, ...ANSWERING]);
    expect(canInterrupt(speaking)).toBe(true);
    const cut: Action = { type: 'playout.cleared', playhead: { item: 'a1', played: 1 } };
    expect(canInterrupt(after([cut], speaking))).toBe(false);
  });
});
