import { describe, expect, it } from 'vitest';

import { Framer } from './framer.ts';
import { floatToPcm, pcmToFloat } from './pcm.ts';
import { Resampler } from './resampler.ts';

function tone(frequencyHz: number, rateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, index) =>
    Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

/** Feeds a whole signal through in blocks, as an audio thread does. */
function resample(
  signal: Float32Array,
  [fromHz, toHz]: readonly [number, number],
  block = 128,
): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  const out: number[] = [];
  const piece = new Float32Array(64);
  for (let at = 0; at < signal.length; at += block) {
    resampler.push(signal.subarray(at, at + block));
    for (let made = resampler.pull(piece); made > 0; made = resampler.pull(piece)) {
      out.push(...piece.subarray(0, made));
    }
  }
  return Float32Array.from(out);
}

/** Size of one frequency in a signal, leaving out its first samples, where the filter settles. */
function amplitude(signal: Float32Array, frequencyHz: number, rateHz: number): number {
  const settled = signal.subarray(400);
  let real = 0;
  let imaginary = 0;
  settled.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequencyHz * index) / rateHz;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / settled.length;
}

function loudness(signal: Float32Array): number {
  const settled = signal.subarray(400);
  return Math.sqrt(settled.reduce((sum, sample) => sum + sample * sample, 0) / settled.length);
}

describe('Resampler', () => {
  it.each([
    [48_000, 24_000],
    [44_100, 24_000],
    [16_000, 24_000],
    [24_000, 48_000],
    [24_000, 44_100],
    [24_000, 24_000],
  ])('should keep a voice tone as it is from %d to %d Hz', (fromHz, toHz) => {
    const out = resample(tone(1000, fromHz, fromHz), [fromHz, toHz]);
    expect(amplitude(out, 1000, toHz)).toBeCloseTo(1, 2);
    expect(loudness(out)).toBeCloseTo(Math.SQRT1_2, 2);
  });

  it.each([
    [48_000, 24_000],
    [44_100, 24_000],
  ])('should make as many samples as the rates say from %d to %d Hz', (fromHz, toHz) => {
    const out = resample(tone(440, fromHz, fromHz), [fromHz, toHz]);
    expect(Math.abs(out.length - toHz)).toBeLessThan(40);
  });

  it('should take out what the lower rate cannot carry', () => {
    const out = resample(tone(15_000, 48_000, 48_000), [48_000, 24_000]);
    expect(20 * Math.log10(loudness(out))).toBeLessThan(-60);
  });

  it('should add no mirror of a tone when going up', () => {
    const out = resample(tone(3000, 24_000, 24_000), [24_000, 48_000]);
    expect(20 * Math.log10(amplitude(out, 21_000, 48_000))).toBeLessThan(-60);
  });

  it('should give the same stream whatever the blocks', () => {
    const signal = tone(700, 44_100, 8000);
    const small = resample(signal, [44_100, 24_000], 37);
    const large = resample(signal, [44_100, 24_000], 6000);
    expect(small).toHaveLength(large.length);
    small.forEach((sample, index) => {
      expect(sample).toBeCloseTo(large[index] ?? NaN, 6);
    });
  });

  it.each([44_100, 48_000, 22_050])('should need exactly what it says to fill a block at %d Hz', (rateHz) => {
    const resampler = new Resampler(24_000, rateHz);
    const out = new Float32Array(128);
    for (let round = 0; round < 500; round += 1) {
      resampler.push(new Float32Array(resampler.needed(out.length)));
      expect(resampler.pull(out)).toBe(out.length);
    }
  });
});

describe('Framer', () => {
  it('should hand over frames of one length and keep the rest', () => {
    const frames: Int16Array[] = [];
    const framer = new Framer(3);
    const keep = (frame: Int16Array): void => void frames.push(frame);
    framer.push(Float32Array.of(0, 0.5), keep);
    expect(frames).toEqual([]);
    framer.push(Float32Array.of(-1, 1, 0.25), keep);
    expect(frames).toEqual([Int16Array.of(0, 16384, -32768)]);
    framer.push(Float32Array.of(0), keep);
    expect(frames[1]).toEqual(Int16Array.of(32767, 8192, 0));
  });
});

describe('pcm', () => {
  it('should clip what is too loud and come back to within one step', () => {
    expect([floatToPcm(2), floatToPcm(-2)]).toEqual([32767, -32768]);
    expect(pcmToFloat(floatToPcm(0.3))).toBeCloseTo(0.3, 4);
  });
});
