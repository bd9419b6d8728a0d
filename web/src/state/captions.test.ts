import { describe, expect, it } from 'vitest';

import { captionOf, joinClauses } from './captions.ts';
import type { Utterance } from './model.ts';

const REPLY: Utterance = {
  key: 1,
  id: 'item_1',
  speaker: 'assistant',
  source: 'voice',
  status: 'live',
  text: '',
  unheard: '',
  voice: 'sounding',
  segments: [
    { firstSample: 0, samples: 1000, text: 'Hello there,' },
    { firstSample: 1000, samples: 2000, text: 'how are you today?' },
  ],
  playedSamples: 0,
  isHeld: false,
  aside: 'no',
  responseId: 'resp_1',
  at: 0,
  timing: null,
};

function heard(playedSamples: number, more: Partial<Utterance> = {}): string {
  return captionOf({ ...REPLY, playedSamples, ...more }).heard;
}

describe('captionOf', () => {
  it('should show a word when its sound begins, and never before', () => {
    expect(heard(0)).toBe('');
    expect(heard(1)).toBe('Hello');
    expect(heard(600)).toBe('Hello there,');
    expect(heard(1000)).toBe('Hello there,');
    expect(heard(1001)).toBe('Hello there, how');
    expect(heard(3000)).toBe('Hello there, how are you today?');
  });

  it('should only ever grow as more is played', () => {
    let before = '';
    for (let played = 0; played <= 3200; played += 50) {
      const now = heard(played);
      expect(now.startsWith(before)).toBe(true);
      before = now;
    }
  });

  it('should show Chinese letter by letter', () => {
    const segments = [{ firstSample: 0, samples: 600, text: '你好，世界。' }];
    expect(heard(1, { segments })).toBe('你');
    expect(heard(250, { segments })).toBe('你好，');
  });

  it('should mark the rest as never heard once the reply was interrupted', () => {
    const caption = captionOf({ ...REPLY, status: 'interrupted', playedSamples: 1001 });
    expect(caption).toEqual({ heard: 'Hello there, how', coming: '', unheard: ' are you today?' });
  });

  it('should count words written but not yet voiced among the rest', () => {
    const text = 'Hello there, how are you today? I am well.';
    const caption = captionOf({ ...REPLY, text, status: 'interrupted', playedSamples: 3000 });
    expect(caption.unheard).toBe(' I am well.');
  });

  it('should keep the spacing of the transcript', () => {
    const text = 'Hello there,\n\nhow are you today?';
    expect(heard(3000, { text })).toBe(text);
    expect(heard(1200, { text })).toBe('Hello there,\n\nhow');
  });

  it('should go by the clauses when the transcript reads otherwise', () => {
    expect(heard(3000, { text: '**Hello** there' })).toBe('Hello there, how are you today?');
  });

  it('should show nothing of a spoken reply before its sound', () => {
    const caption = captionOf({ ...REPLY, text: 'Hello', segments: [], voice: 'expected' });
    expect(caption).toEqual({ heard: '', coming: 'Hello', unheard: '' });
  });

  it('should show a reply without sound as it is written', () => {
    expect(captionOf({ ...REPLY, text: 'Hel', segments: [], voice: 'none' }).heard).toBe('Hel');
  });

  it('should show all words of a reply that ended', () => {
    const caption = captionOf({ ...REPLY, status: 'done', playedSamples: 2990 });
    expect(caption).toEqual({ heard: 'Hello there, how are you today?', coming: '', unheard: '' });
  });
});

it('should join clauses with a space, except where there is one or none belongs', () => {
  expect(joinClauses(['One,', 'two. ', 'three'])).toBe('One, two. three');
  expect(joinClauses(['你好，', '世界。', 'Hi'])).toBe('你好，世界。Hi');
});
