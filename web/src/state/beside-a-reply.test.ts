import { describe, expect, it } from 'vitest';

import type { Action } from './actions.ts';
import { liveUtterances, newWords, stageOf } from './selectors.ts';
import { parseTranscript, store } from './stored.ts';
import { after, ANSWERING, ASKED, done, ONLINE, said } from './testing.ts';

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
    const transcript = parseTranscript(JSON.parse(JSON.stringify(store(state))) as unknown);
    const back = after([{ type: 'page.restored', transcript }]);
    expect(back.utterances.map(({ text, aside }) => [text, aside])).toEqual([
      ['What time is it?', 'no'],
      ['It is noon.', 'no'],
      ['Mm-hm.', 'yes'],
    ]);
  });
});
