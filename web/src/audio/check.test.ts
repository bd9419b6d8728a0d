// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SoundCheck } from './check.ts';
import type { CheckStep } from './check.ts';

/** What the fake browser opened and has not freed. */
const held = { contexts: 0, tracks: 0 };
let level = 0;

class FakeNode {
  onended: (() => void) | null = null;
  readonly frequency = { value: 0 };
  readonly gain = {
    setValueAtTime: vi.fn(),
    linearRampToValueAtTime: vi.fn(),
    exponentialRampToValueAtTime: vi.fn(),
  };
  connect = (to: FakeNode): FakeNode => to;
  disconnect = vi.fn();
  getFloatTimeDomainData = (out: Float32Array): void => void out.fill(level);
  stop = vi.fn();
  /** Everything played is over a second later. */
  start = (): void => {
    setTimeout(() => this.onended?.(), 1000);
  };
}

class FakeContext {
  readonly sampleRate = 48_000;
  readonly currentTime = 0;
  readonly destination = new FakeNode();
  constructor() {
    held.contexts += 1;
  }
  resume = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => {
    held.contexts -= 1;
    return Promise.resolve();
  };
  decodeAudioData = (): Promise<object> => Promise.resolve({});
  createAnalyser = (): FakeNode => new FakeNode();
  createMediaStreamSource = (): FakeNode => new FakeNode();
  createBufferSource = (): FakeNode => new FakeNode();
  createOscillator = (): FakeNode => new FakeNode();
  createGain = (): FakeNode => new FakeNode();
}

class FakeRecorder {
  state = 'inactive';
  readonly mimeType = 'audio/webm';
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstop: (() => void) | null = null;
  start(): void {
    this.state = 'recording';
  }
  stop(): void {
    this.state = 'inactive';
    this.ondataavailable?.({ data: new Blob(['x']) });
    queueMicrotask(() => this.onstop?.());
  }
}

const CHOICE = {
  microphone: '',
  speaker: '',
  echoCancellation: true,
  noiseSuppression: true,
  autoGain: true,
};
const hush = vi.fn();
let getUserMedia = vi.fn();
let check: SoundCheck;

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(held, { contexts: 0, tracks: 0 });
  hush.mockClear();
  level = 0.1;
  getUserMedia = vi.fn(() => {
    held.tracks += 1;
    let isLive = true;
    const stop = (): void => {
      if (isLive) held.tracks -= 1;
      isLive = false;
    };
    return Promise.resolve({ getTracks: () => [{ stop }] });
  });
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('MediaRecorder', FakeRecorder);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => getUserMedia() as unknown } });
  check = new SoundCheck({ choice: () => CHOICE, hush });
});
afterEach(() => {
  expect(held).toEqual({ contexts: 0, tracks: 0 });
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('SoundCheck', () => {
  it('should record for three seconds, play it back, and say how loud it was', async () => {
    const steps: CheckStep[] = [];
    const testing = check.microphone((step) => steps.push(step));
    await vi.advanceTimersByTimeAsync(2900);
    expect(steps).toEqual(['opening', 'recording']);
    expect(check.sound).not.toBeNull();
    await vi.advanceTimersByTimeAsync(200);
    expect(steps).toEqual(['opening', 'recording', 'playing']);
    expect(held.tracks).toBe(0);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await testing).toEqual({ kind: 'heard', loudestDb: expect.closeTo(-20, 1) as number });
    expect(check.sound).toBeNull();
  });

  it('should keep a conversation from hearing it, and let it hear again', async () => {
    const testing = check.speaker();
    expect(hush.mock.calls).toEqual([[true]]);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await testing).toEqual({ kind: 'played' });
    expect(hush.mock.calls).toEqual([[true], [false]]);
  });

  it('should free everything when it is ended in the middle', async () => {
    const testing = check.microphone(vi.fn());
    await vi.advanceTimersByTimeAsync(1000);
    check.stop();
    expect(await testing).toEqual({ kind: 'ended' });
    expect(hush).toHaveBeenLastCalledWith(false);
  });

  it('should end the test under way when another begins', async () => {
    const first = check.microphone(vi.fn());
    await vi.advanceTimersByTimeAsync(1000);
    const second = check.speaker();
    expect(await first).toEqual({ kind: 'ended' });
    expect(hush).toHaveBeenLastCalledWith(true);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await second).toEqual({ kind: 'played' });
  });

  it('should name what is missing', async () => {
    getUserMedia = vi.fn(() => Promise.reject(Object.assign(new Error('no'), { name: 'NotAllowedError' })));
    expect(await check.microphone(vi.fn())).toEqual({ kind: 'failed', code: 'permission_denied' });
    vi.stubGlobal('isSecureContext', false);
    expect(await check.nameDevices()).toEqual({ kind: 'failed', code: 'insecure_origin' });
  });

  it('should give up a permission question that is never answered', async () => {
    getUserMedia = vi.fn(() => new Promise(() => undefined));
    const testing = check.microphone(vi.fn());
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await testing).toEqual({ kind: 'ended' });
  });
});
