// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Cleanups } from './cleanups.ts';
import { captureByRecorder } from './recorder.ts';
import type { Capture } from './capture.ts';

/** A recorder that gives a piece when told to, and its last one when it is stopped. */
class FakeRecorder {
  static all: FakeRecorder[] = [];
  static isTypeSupported = (): boolean => true;
  state: 'inactive' | 'recording' = 'inactive';
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstop: (() => void) | null = null;

  constructor() {
    FakeRecorder.all.push(this);
  }

  start(): void {
    this.state = 'recording';
  }

  give(...bytes: number[]): void {
    this.ondataavailable?.({ data: new Blob([Uint8Array.from(bytes)]) });
  }

  stop(): void {
    this.state = 'inactive';
    queueMicrotask(() => {
      this.give(99);
      this.onstop?.();
    });
  }
}

const context = {
  createMediaStreamDestination: () => ({ stream: { getTracks: () => [{ stop: vi.fn() }] }, channelCount: 2 }),
  createAnalyser: () => ({
    fftSize: 0,
    connect: vi.fn(),
    disconnect: vi.fn(),
    getFloatTimeDomainData: (out: Float32Array) => out.fill(0.5),
  }),
} as unknown as AudioContext;

let cleanups: Cleanups;
let pieces: (number | 'first')[][];
const onLoudness = vi.fn();

function open(): Capture {
  cleanups = new Cleanups();
  return captureByRecorder(
    context,
    {
      onFrame: vi.fn(),
      onLoudness,
      onEncoded: (piece, isFirst) => pieces.push(isFirst ? ['first', ...piece] : [...piece]),
    },
    cleanups,
  );
}

function recorder(number: number): FakeRecorder {
  const found = FakeRecorder.all[number];
  if (found === undefined) throw new Error(`no recorder ${number}`);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeRecorder.all = [];
  pieces = [];
  vi.stubGlobal('MediaRecorder', FakeRecorder);
});
afterEach(() => {
  cleanups.run();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('captureByRecorder', () => {
  it('should record nothing until somebody listens', () => {
    expect(open().encoding).toBe('webm');
    expect(FakeRecorder.all).toEqual([]);
  });

  it('should hand over the pieces in order, and the last one before listening has ended', async () => {
    const capture = open();
    await capture.listen(true);
    recorder(0).give(1, 2, 3, 4);
    recorder(0).give(5);
    await capture.listen(false);
    expect(pieces).toEqual([['first', 1, 2, 3, 4], [5], [99]]);
  });

  it('should not part the mark by which a file is known, nor mistake a later piece for a beginning', async () => {
    const capture = open();
    await capture.listen(true);
    recorder(0).give(0x1a);
    recorder(0).give(0x45, 0xdf, 0xa3, 5);
    recorder(0).give(6);
    await capture.listen(true);
    recorder(1).give(0x1a, 0x45, 0xdf, 0xa3);
    await capture.listen(false);
    expect(pieces).toEqual([
      ['first', 0x1a, 0x45, 0xdf, 0xa3, 5],
      [6],
      [99],
      ['first', 0x1a, 0x45, 0xdf, 0xa3],
      [99],
    ]);
  });

  it('should begin a file of its own each time', async () => {
    const capture = open();
    await capture.listen(true);
    await capture.listen(true);
    expect(FakeRecorder.all.map(({ state }) => state)).toEqual(['inactive', 'recording']);
  });

  it('should never record two files at once, and end with what was asked last', async () => {
    const capture = open();
    await capture.listen(true);
    const asked = [true, true, false, true].map((isListening) => capture.listen(isListening));
    await Promise.all(asked);
    expect(FakeRecorder.all.map(({ state }) => state)).toEqual(['inactive', 'recording']);
    const ending = [capture.listen(true), capture.listen(false)];
    await Promise.all(ending);
    expect(FakeRecorder.all.filter(({ state }) => state === 'recording')).toEqual([]);
  });

  it('should say how loud it is all the time', () => {
    open();
    vi.advanceTimersByTime(100);
    expect(onLoudness).toHaveBeenCalledWith(
      expect.objectContaining({ rmsDb: expect.closeTo(-6, 0) as number }),
      0.05,
    );
  });

  it('should hand over nothing after it was closed', async () => {
    const capture = open();
    await capture.listen(true);
    recorder(0).give(1);
    cleanups.run();
    await vi.advanceTimersByTimeAsync(10);
    expect(pieces).toEqual([]);
    expect(recorder(0).state).toBe('inactive');
    await capture.listen(true);
    expect(FakeRecorder.all).toHaveLength(1);
  });
});
