import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ServerEvent } from '../protocol/index.ts';
import { stageOf } from '../state/index.ts';
import { frames, reply, started } from './testing.ts';

const steered = (what: 'hold' | 'resume' | 'clear'): ServerEvent => {
  return { type: `vivavoce.playout.${what}`, response_id: 'r1', item_id: 'a1' };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what may be an interruption', () => {
  it('should fall silent, keep everything, and go on from the same sample, saying where each time', async () => {
    const { server, audio, store, conversation } = await started();
    reply(server);
    audio.advance('a1', 5000);
    server.received.length = 0;
    server.say({ type: 'input_audio_buffer.speech_started', item_id: 'u2' }, steered('hold'));
    expect(stageOf(store.getState()).state).toBe('listening');
    audio.advance('a1', 5000);
    frames(server, 1, [24_000]);
    server.say(steered('resume'));
    expect(server.received).toMatchObject([
      { type: 'vivavoce.playout.report', item_id: 'a1', played_samples: 5000, buffered_samples: 19_000 },
      { type: 'vivavoce.playout.report', item_id: 'a1', played_samples: 5000, buffered_samples: 31_000 },
    ]);
    expect(stageOf(store.getState()).state).toBe('speaking');
    expect(audio.isDucked).toBe(false);
    audio.advance('a1', 1000);
    expect(store.getState().utterances.at(-1)?.playedSamples).toBe(6000);
    expect(conversation.diagnostics).toMatchObject({ holds: 1, lateFrames: 0 });
  });

  it('should drop what was held when it was one, and say where it stopped', async () => {
    const { server, audio, store } = await started();
    reply(server);
    audio.advance('a1', 5000);
    server.say(steered('hold'), steered('clear'));
    expect(audio.queued('a1')).toBe(0);
    expect(server.received.at(-1)).toMatchObject({ played_samples: 5000, buffered_samples: 0 });
    expect(store.getState().utterances.at(-1)).toMatchObject({ status: 'interrupted', isHeld: false });
    reply(server, 2);
    audio.advance('a2', 1000);
    expect(store.getState().utterances.at(-1)?.playedSamples).toBe(1000);
  });

  it('should hold a reply whose first sound is still to come', async () => {
    const { server, audio, store } = await started();
    const stream = { response_number: 1, content_index: 0, sample_rate_hz: 24_000 };
    server.say(
      { type: 'vivavoce.audio.stream', response_id: 'r1', item_id: 'a1', ...stream },
      steered('hold'),
    );
    expect(server.received.at(-1)).toMatchObject({ item_id: 'a1', played_samples: 0, buffered_samples: 0 });
    frames(server, 1, [0]);
    audio.advance('a1', 1000);
    expect(store.getState().utterances.at(-1)?.playedSamples).toBe(0);
    server.say(steered('resume'));
    audio.advance('a1', 1000);
    expect(store.getState().utterances.at(-1)?.playedSamples).toBe(1000);
  });
});
