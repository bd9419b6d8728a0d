import { describe, expect, it } from 'vitest';

import { BARS, Bars, BINS, Wave } from './shapes.ts';

const HIGHEST_HZ = 24_000;

function toneAt(hz: number, strength = 255): Uint8Array {
  const spectrum = new Uint8Array(BINS);
  spectrum[Math.round((hz / HIGHEST_HZ) * BINS)] = strength;
  return spectrum;
}

function highestBar(bars: Bars): number {
  return bars.heights.indexOf(Math.max(...bars.heights));
}

describe('Bars', () => {
  it.each([100, 200, 440, 1000, 3000, 8000])(
    'should show a tone of %d Hz in one bar, and only there',
    (hz) => {
      const bars = new Bars();
      bars.take(toneAt(hz), HIGHEST_HZ, 1 / 60);
      expect([...bars.heights].filter((height) => height > 0)).toEqual([1]);
    },
  );

  it('should be in the order of the pitches, evenly by octave', () => {
    const places = [500, 1000, 2000, 4000].map((hz) => {
      const bars = new Bars();
      bars.take(toneAt(hz), HIGHEST_HZ, 1 / 60);
      return highestBar(bars);
    });
    const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    for (const step of steps) expect(step).toBeCloseTo(BARS / Math.log2(9000 / 80), -1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('should rise at once and fall slowly', () => {
    const bars = new Bars();
    bars.take(toneAt(1000), HIGHEST_HZ, 1 / 60);
    const at = highestBar(bars);
    expect(bars.isFlat).toBe(false);
    bars.take(new Uint8Array(BINS), HIGHEST_HZ, 0.1);
    expect(bars.heights[at]).toBeCloseTo(0.84, 2);
    bars.take(new Uint8Array(BINS), HIGHEST_HZ, 10);
    expect(bars.heights[at]).toBe(0);
    expect(bars.isFlat).toBe(true);
  });

  it('should move less where movement is not wanted', () => {
    const bars = new Bars();
    bars.isCalm = true;
    bars.take(toneAt(1000), HIGHEST_HZ, 0.1);
    expect(Math.max(...bars.heights)).toBeCloseTo(0.2, 5);
  });

  it('should make room for every bar where the low ones are finer than the spectrum', () => {
    const bars = new Bars();
    bars.take(new Uint8Array(BINS).fill(255), HIGHEST_HZ, 1 / 60);
    expect([...bars.heights].every((height) => height === 1)).toBe(true);
  });
});

describe('Wave', () => {
  const POINTS = 100;
  const tone = (phase: number): Float32Array =>
    Float32Array.from({ length: 2048 }, (_, index) => Math.sin(index / 9 + phase));

  it('should stand still while a tone is held', () => {
    const one = new Wave(POINTS);
    const other = new Wave(POINTS);
    one.take(tone(0.3));
    other.take(tone(2.1));
    one.points.forEach((point, index) => {
      expect(point).toBeCloseTo(other.points[index] ?? NaN, 0);
    });
  });

  it('should be flat in silence', () => {
    const wave = new Wave(POINTS);
    wave.take(tone(0));
    wave.take(new Float32Array(2048));
    expect(wave.points.every((point) => point === 0)).toBe(true);
  });
});
