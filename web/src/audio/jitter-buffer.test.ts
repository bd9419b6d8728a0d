import { describe, expect, it } from 'vitest';

import { JitterBuffer } from './jitter-buffer.ts';
import type { ReplyChunk } from './jitter-buffer.ts';

const LIMITS = { prefetchSamples: 100, maxPrefetchSamples: 400, capacitySamples: 10_000 };

function chunk(item: string, firstSample: number, length: number, value = 16_384): ReplyChunk {
  return { item, firstSample, pcm: new Int16Array(length).fill(value) };
}

function read(buffer: JitterBuffer, samples: number): number {
  return buffer.read(new Float32Array(samples));
}

describe('JitterBuffer', () => {
  it('should wait for its prefetch before it plays', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 60));
    expect(read(buffer, 20)).toBe(0);
    buffer.push(chunk('a', 60, 60));
    expect(read(buffer, 20)).toBe(20);
  });

  it('should play what is short and complete without waiting', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 30));
    buffer.finish('a');
    expect(read(buffer, 50)).toBe(30);
    expect(buffer.underruns).toBe(0);
  });

  it('should hold audio back no longer than its prefetch lasts', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 60));
    const silentReads = [1, 2, 3, 4, 5].map(() => read(buffer, 20));
    expect(silentReads).toEqual([0, 0, 0, 0, 0]);
    expect(read(buffer, 20)).toBe(20);
  });

  it('should write the samples themselves, and silence after them', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push({ item: 'a', firstSample: 0, pcm: Int16Array.of(16_384, -16_384) });
    buffer.finish('a');
    const out = new Float32Array(400).fill(9);
    buffer.read(out);
    expect([out[0], out[1]]).toEqual([0.5, -0.5]);
    expect(out.at(-1)).toBe(0);
  });

  it('should fade rather than click when it stops', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 200));
    read(buffer, 100);
    buffer.clear(null);
    const out = new Float32Array(300);
    expect(buffer.read(out)).toBe(0);
    let largestStep = 0.5 - (out[0] ?? 0);
    for (let index = 1; index < out.length; index += 1) {
      largestStep = Math.max(largestStep, Math.abs((out[index] ?? 0) - (out[index - 1] ?? 0)));
    }
    expect(largestStep).toBeLessThan(0.05);
    expect(out.at(-1)).toBe(0);
  });

  it('should say where in an item it is', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 150));
    buffer.push(chunk('a', 150, 150));
    read(buffer, 170);
    expect(buffer.head).toEqual({ item: 'a', played: 170, buffered: 130 });
  });

  it('should count positions from where the item began', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 5000, 150));
    read(buffer, 10);
    expect(buffer.head).toEqual({ item: 'a', played: 5010, buffered: 140 });
  });

  it('should tell of each item that ended, once', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 120));
    buffer.finish('a');
    buffer.push(chunk('b', 0, 120));
    read(buffer, 130);
    expect(buffer.takeEnded()).toEqual([{ item: 'a', played: 120, buffered: 0 }]);
    expect(buffer.takeEnded()).toEqual([]);
    expect(buffer.head).toEqual({ item: 'b', played: 10, buffered: 110 });
  });

  it('should end an item that is finished only after it was played', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 120));
    read(buffer, 200);
    expect(buffer.takeEnded()).toEqual([]);
    buffer.finish('a');
    expect(buffer.takeEnded()).toEqual([{ item: 'a', played: 120, buffered: 0 }]);
  });

  it('should end an unfinished item when audio of another follows', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 120));
    read(buffer, 200);
    buffer.push(chunk('b', 0, 120));
    expect(buffer.takeEnded()).toEqual([{ item: 'a', played: 120, buffered: 0 }]);
    expect(buffer.head?.item).toBe('b');
  });

  it('should wait longer after it ran dry, up to its maximum', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 100));
    read(buffer, 120);
    expect(buffer.underruns).toBe(1);
    buffer.push(chunk('a', 100, 150));
    expect(read(buffer, 10)).toBe(0);
    buffer.push(chunk('a', 250, 50));
    expect(read(buffer, 10)).toBe(10);
  });

  it('should go back to its small prefetch after items that did not run dry', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 100));
    read(buffer, 120);
    for (const item of ['a', 'b']) {
      buffer.push(chunk(item, 0, 500));
      buffer.finish(item);
      read(buffer, 500);
    }
    buffer.push(chunk('c', 0, 100));
    expect(read(buffer, 10)).toBe(10);
  });

  it('should drop everything at once and say where each item stood', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 300));
    buffer.push(chunk('b', 0, 200));
    read(buffer, 50);
    expect(buffer.clear(null)).toEqual([
      { item: 'a', played: 50, buffered: 250 },
      { item: 'b', played: 0, buffered: 200 },
    ]);
    expect(read(buffer, 500)).toBe(0);
    expect(buffer.head).toBeNull();
    expect(buffer.samplesPlayed).toBe(50);
  });

  it('should drop one item and go on with the next', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 300, 1000));
    buffer.push(chunk('b', 0, 200, 16_384));
    read(buffer, 50);
    expect(buffer.clear('a')).toEqual([{ item: 'a', played: 50, buffered: 250 }]);
    const out = new Float32Array(20);
    expect(buffer.read(out)).toBe(20);
    expect(out[0]).toBe(0.5);
  });

  it('should find nothing to drop of an item it does not know', () => {
    expect(new JitterBuffer(LIMITS).clear('a')).toEqual([]);
  });

  it('should keep its place to the sample while it is held, and play every sample once', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 300));
    read(buffer, 150);
    expect(buffer.setHeld('a', true)).toEqual({ item: 'a', played: 150, buffered: 150 });
    buffer.push(chunk('a', 300, 100));
    expect([read(buffer, 128), read(buffer, 128)]).toEqual([0, 0]);
    expect(buffer.setHeld('a', false)).toEqual({ item: 'a', played: 150, buffered: 250 });
    buffer.finish('a');
    expect(read(buffer, 300)).toBe(250);
    expect(buffer.takeEnded()).toEqual([{ item: 'a', played: 400, buffered: 0 }]);
    expect([buffer.samplesPlayed, buffer.underruns]).toEqual([400, 0]);
  });

  it('should neither click when it is held nor when it goes on', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 1000));
    read(buffer, 100);
    const out = new Float32Array(600);
    buffer.setHeld('a', true);
    buffer.read(out.subarray(0, 200));
    buffer.setHeld('a', false);
    buffer.read(out.subarray(200));
    expect(out[199]).toBe(0);
    expect(out[400]).toBe(0.5);
    let largestStep = Math.abs(0.5 - (out[0] ?? 0));
    for (let index = 1; index < out.length; index += 1) {
      largestStep = Math.max(largestStep, Math.abs((out[index] ?? 0) - (out[index - 1] ?? 0)));
    }
    expect(largestStep).toBeLessThan(0.05);
  });

  it('should go on as if nothing had been when it is resumed before a block was asked for', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 300));
    read(buffer, 100);
    buffer.setHeld('a', true);
    buffer.setHeld('a', false);
    const out = new Float32Array(10);
    expect(buffer.read(out)).toBe(10);
    expect(out[0]).toBe(0.5);
  });

  it('should play what comes before an item on hold, and stop there', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 120));
    buffer.push(chunk('b', 0, 120));
    buffer.setHeld('b', true);
    expect(read(buffer, 200)).toBe(120);
    expect(buffer.head).toEqual({ item: 'b', played: 0, buffered: 120 });
  });

  it('should drop an item on hold, and hold nothing that follows', () => {
    const buffer = new JitterBuffer(LIMITS);
    buffer.push(chunk('a', 0, 300));
    read(buffer, 50);
    buffer.setHeld('a', true);
    expect(buffer.clear('a')).toEqual([{ item: 'a', played: 50, buffered: 250 }]);
    buffer.push(chunk('b', 0, 200));
    expect(read(buffer, 100)).toBe(100);
  });

  it('should hold nothing of an item that it does not have', () => {
    expect(new JitterBuffer(LIMITS).setHeld('a', true)).toBeNull();
  });

  it('should refuse what goes beyond its capacity and count it', () => {
    const buffer = new JitterBuffer(LIMITS);
    expect(buffer.push(chunk('a', 0, 9_900))).toBe(true);
    expect(buffer.push(chunk('a', 9_900, 200))).toBe(false);
    expect(buffer.samplesDropped).toBe(200);
    read(buffer, 500);
    expect(buffer.push(chunk('a', 9_900, 200))).toBe(true);
  });

  it('should count every sample it played exactly once, however it is read', () => {
    const buffer = new JitterBuffer(LIMITS);
    let played = 0;
    for (let round = 0; round < 40; round += 1) {
      buffer.push(chunk('a', round * 97, 97));
      played += read(buffer, 1 + ((round * 37) % 160));
    }
    buffer.finish('a');
    while (buffer.head !== null) played += read(buffer, 128);
    expect(played).toBe(40 * 97);
    expect(buffer.samplesPlayed).toBe(40 * 97);
    expect(buffer.takeEnded()).toEqual([{ item: 'a', played: 40 * 97, buffered: 0 }]);
  });
});
