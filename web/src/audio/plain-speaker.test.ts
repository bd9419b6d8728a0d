// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Cleanups } from './cleanups.ts';
import { PlainSpeaker } from './plain-speaker.ts';

const BLOCK = 2048;
const DEVICE_HZ = 48_000;

class FakeNode extends EventTarget {
  connect = (to: FakeNode): FakeNode => to;
  disconnect = vi.fn();
}

const processor = new FakeNode();
const context = {
  sampleRate: DEVICE_HZ,
  currentTime: 0,
  destination: new FakeNode(),
  createScriptProcessor: () => processor,
  createGain: () => Object.assign(new FakeNode(), { gain: { setTargetAtTime: vi.fn() } }),
  createAnalyser: () => new FakeNode(),
} as unknown as AudioContext;

const listener = { onProgress: vi.fn(), onEnded: vi.fn(), onStood: vi.fn(), onCleared: vi.fn() };
let speaker: PlainSpeaker;
let cleanups: Cleanups;

/** The device asks for its next block; returns it. */
function ask(): Float32Array {
  const block = new Float32Array(BLOCK);
  const event = Object.assign(new Event('audioprocess'), { outputBuffer: { getChannelData: () => block } });
  processor.dispatchEvent(event);
  return block;
}

beforeEach(() => {
  vi.clearAllMocks();
  cleanups = new Cleanups();
  speaker = new PlainSpeaker(context, listener, cleanups);
  speaker.play({ item: 'a', firstSample: 0, pcm: new Int16Array(24_000).fill(8000) });
});

describe('PlainSpeaker', () => {
  it('should play what is queued, at the rate of the device, and say how far it is', () => {
    const block = ask();
    expect(block.at(-1)).toBeCloseTo(8000 / 32_768, 3);
    const played = speaker.totals.samplesPlayed;
    expect(played).toBeGreaterThanOrEqual(BLOCK / 2);
    expect(played).toBeLessThan(BLOCK / 2 + 40);
    expect(listener.onProgress).toHaveBeenLastCalledWith({ item: 'a', played, buffered: 24_000 - played });
  });

  it('should keep its place to the sample while it is held', () => {
    ask();
    speaker.hold('a');
    const [[stood]] = listener.onStood.mock.calls as [[{ played: number }]];
    for (let block = 0; block < 10; block += 1) ask();
    expect(speaker.totals.samplesPlayed).toBe(stood.played);
    speaker.resume('a');
    ask();
    expect(speaker.totals.samplesPlayed).toBeGreaterThan(stood.played);
  });

  it('should fall silent at once when it is cleared, and say where', () => {
    ask();
    speaker.clear(null);
    expect(listener.onCleared).toHaveBeenCalledOnce();
    expect(ask().at(-1)).toBe(0);
    expect(speaker.totals.flushes).toBe(1);
  });

  it('should tell of the end of an item, once', () => {
    speaker.finish('a');
    for (let block = 0; block < 40; block += 1) ask();
    expect(listener.onEnded).toHaveBeenCalledOnce();
    expect(listener.onEnded).toHaveBeenCalledWith({ item: 'a', played: 24_000, buffered: 0 });
  });

  it('should stop listening to the device when it is closed', () => {
    cleanups.run();
    ask();
    expect(speaker.totals.samplesPlayed).toBe(0);
  });
});
