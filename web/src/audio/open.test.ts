// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AudioFault } from './faults.ts';
import { openAudio } from './open.ts';
import { END } from './worklet-messages.ts';
import type { AudioListener, AudioWishes, DeviceChoice } from './port.ts';

/** Everything the fake browser opened that has not been freed. */
const held = { contexts: 0, tracks: 0, links: 0, worklets: 0, listeners: 0 };

class FakeNode {
  #links = 0;

  connect(to: FakeNode): FakeNode {
    this.#links += 1;
    held.links += 1;
    return to;
  }

  disconnect(): void {
    held.links -= this.#links;
    this.#links = 0;
  }
}

class FakeWorkletNode extends FakeNode {
  static all: FakeWorkletNode[] = [];
  readonly sent: unknown[] = [];
  readonly port = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    postMessage: (message: unknown): void => {
      this.sent.push(message);
      if (message === END) held.worklets -= 1;
    },
  };
  readonly processor: string;

  constructor(_context: unknown, processor: string) {
    super();
    held.worklets += 1;
    this.processor = processor;
    FakeWorkletNode.all.push(this);
  }
}

class FakeContext extends EventTarget {
  static state: AudioContextState = 'running';
  static moduleFailure: Error | null = null;
  static lastSpeaker = '';
  readonly destination = new FakeNode();
  readonly currentTime = 0;
  readonly sampleRate = 48_000;
  static absentSpeaker = '';
  sinkId = '';
  readonly audioWorklet = {
    addModule: (): Promise<void> =>
      FakeContext.moduleFailure === null ? Promise.resolve() : Promise.reject(FakeContext.moduleFailure),
  };

  constructor() {
    super();
    held.contexts += 1;
  }

  get state(): AudioContextState {
    return FakeContext.state;
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    held.listeners += 1;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    held.listeners -= 1;
    super.removeEventListener(...args);
  }

  createMediaStreamSource = (): FakeNode => new FakeNode();
  createAnalyser = (): FakeNode => new FakeNode();
  createGain = (): FakeNode => Object.assign(new FakeNode(), { gain: { setTargetAtTime: vi.fn() } });
  setSinkId = (id: string): Promise<void> => {
    if (id !== '' && id === FakeContext.absentSpeaker) return Promise.reject(namedError('NotFoundError'));
    this.sinkId = id;
    FakeContext.lastSpeaker = id;
    return Promise.resolve();
  };
  resume = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => {
    held.contexts -= 1;
    return Promise.resolve();
  };
}

class FakeTrack extends EventTarget {
  static last: FakeTrack;
  enabled = true;
  muted = false;
  label = 'A microphone';
  readyState: 'live' | 'ended' = 'live';

  constructor() {
    super();
    held.tracks += 1;
    FakeTrack.last = this;
  }

  stop(): void {
    if (this.readyState === 'live') held.tracks -= 1;
    this.readyState = 'ended';
  }
}

function namedError(name: string): Error {
  return Object.assign(new Error(name), { name });
}

function listener() {
  return {
    onFrame: vi.fn<AudioListener['onFrame']>(),
    onEncoded: vi.fn<AudioListener['onEncoded']>(),
    onHeard: vi.fn<AudioListener['onHeard']>(),
    onProgress: vi.fn(),
    onEnded: vi.fn(),
    onStood: vi.fn<AudioListener['onStood']>(),
    onCleared: vi.fn<AudioListener['onCleared']>(),
    onMicrophoneLost: vi.fn(),
    onBlocked: vi.fn<AudioListener['onBlocked']>(),
  };
}

const CHOICE: DeviceChoice = {
  microphone: '',
  speaker: '',
  echoCancellation: true,
  noiseSuppression: true,
  autoGain: true,
};

function wishes(microphone = true): AudioWishes {
  return { microphone, choice: CHOICE, signal: new AbortController().signal };
}

type AskForMedia = (constraints: MediaStreamConstraints) => Promise<{ getTracks: () => FakeTrack[] }>;

let getUserMedia = vi.fn<AskForMedia>();

function granted(): { getTracks: () => FakeTrack[] } {
  const tracks = [new FakeTrack()];
  return { getTracks: () => tracks };
}

const NOTHING = { contexts: 0, tracks: 0, links: 0, worklets: 0, listeners: 0 };

/** What is still held once the worklets have had time to end. */
function heldAfterwards(): typeof held {
  vi.advanceTimersByTime(200);
  return held;
}

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(held, NOTHING);
  FakeContext.state = 'running';
  FakeContext.moduleFailure = null;
  FakeContext.absentSpeaker = '';
  FakeContext.lastSpeaker = '';
  FakeWorkletNode.all = [];
  getUserMedia = vi.fn(() => Promise.resolve(granted()));
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('AudioWorkletNode', FakeWorkletNode);
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: (asked: MediaStreamConstraints) => getUserMedia(asked) },
  });
});

afterEach(() => {
  expect(heldAfterwards()).toEqual(NOTHING);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function worklet(processor: string): FakeWorkletNode {
  const node = FakeWorkletNode.all.find((candidate) => candidate.processor === processor);
  if (node === undefined) throw new Error(`no ${processor}`);
  return node;
}

describe('openAudio', () => {
  it('should ask for a microphone with the echo canceller on', async () => {
    (await openAudio(wishes(), listener())).close();
    expect(getUserMedia.mock.calls[0]).toMatchObject([
      { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
    ]);
  });

  it('should free everything, however often it is opened', async () => {
    for (let round = 0; round < 20; round += 1) {
      const audio = await openAudio(wishes(), listener());
      expect(held).toMatchObject({ contexts: 1, tracks: 1, worklets: 2 });
      audio.close();
      expect(heldAfterwards()).toEqual(NOTHING);
    }
  });

  it('should open no microphone for a conversation by typing', async () => {
    const audio = await openAudio(wishes(false), listener());
    expect(audio.microphone).toBeNull();
    expect(getUserMedia).not.toHaveBeenCalled();
    audio.close();
    expect(heldAfterwards()).toEqual(NOTHING);
  });

  it.each([
    ['NotAllowedError', 'permission_denied'],
    ['NotFoundError', 'no_microphone'],
    ['NotReadableError', 'microphone_busy'],
  ])('should name %s %s and free what it had', async (name, code) => {
    getUserMedia = vi.fn(() => Promise.reject(namedError(name)));
    await expect(openAudio(wishes(), listener())).rejects.toMatchObject({ name: 'AudioFault', code });
    expect(heldAfterwards()).toEqual(NOTHING);
  });

  it('should say that the browser is too old when it has no microphone to offer', async () => {
    vi.stubGlobal('navigator', {});
    await expect(openAudio(wishes(), listener())).rejects.toEqual(new AudioFault('unsupported_browser'));
  });

  it('should say that the page is insecure, where browsers hide what it needs', async () => {
    vi.stubGlobal('isSecureContext', false);
    await expect(openAudio(wishes(), listener())).rejects.toEqual(new AudioFault('insecure_origin'));
    expect(heldAfterwards()).toEqual(NOTHING);
  });

  it('should free a microphone that was granted after the opening had failed', async () => {
    FakeContext.moduleFailure = new Error('no module');
    let grant = (): void => undefined;
    getUserMedia = vi.fn(
      () =>
        new Promise((resolve) => {
          grant = () => {
            resolve(granted());
          };
        }),
    );
    await expect(openAudio(wishes(), listener())).rejects.toThrow('no module');
    grant();
    await vi.waitFor(() => {
      expect(FakeTrack.last).toBeDefined();
      expect(heldAfterwards()).toEqual(NOTHING);
    });
  });

  it('should free everything when it was called off meanwhile', async () => {
    const abort = new AbortController();
    const opening = openAudio({ ...wishes(), signal: abort.signal }, listener());
    abort.abort();
    await expect(opening).rejects.toThrow();
    expect(heldAfterwards()).toEqual(NOTHING);
  });

  it('should mute the track, not the stream of frames', async () => {
    const audio = await openAudio(wishes(), listener());
    audio.setMuted(true);
    expect(FakeTrack.last.enabled).toBe(false);
    audio.setMuted(false);
    expect(FakeTrack.last.enabled).toBe(true);
    audio.close();
  });

  it('should hand on frames and news of playback, and nothing after closing', async () => {
    const ears = listener();
    const audio = await openAudio(wishes(), ears);
    const frame = new Int16Array(480);
    const capture = worklet('vivavoce-capture').port;
    const playback = worklet('vivavoce-playback').port;
    capture.onmessage?.({ data: frame });
    const totals = { samplesPlayed: 5, flushes: 1, underruns: 0 };
    playback.onmessage?.({
      data: { kind: 'cleared', playhead: { item: 'a', played: 5, buffered: 9 }, totals },
    });
    playback.onmessage?.({
      data: { kind: 'stood', playhead: { item: 'b', played: 7, buffered: 2 }, totals },
    });
    expect(ears.onStood).toHaveBeenCalledWith({ item: 'b', played: 7, buffered: 2 });
    expect(ears.onFrame).toHaveBeenCalledWith(frame);
    expect(ears.onCleared).toHaveBeenCalledWith({ item: 'a', played: 5, buffered: 9 });
    expect(audio.counters).toEqual({ ...totals, framesCaptured: 1 });
    audio.close();
    expect([capture.onmessage, playback.onmessage]).toEqual([null, null]);
  });

  it('should tell when the microphone is taken away', async () => {
    const ears = listener();
    const audio = await openAudio(wishes(), ears);
    FakeTrack.last.dispatchEvent(new Event('ended'));
    expect(ears.onMicrophoneLost).toHaveBeenCalledOnce();
    audio.close();
  });

  it('should tell when the browser holds the sound back, after giving it a moment', async () => {
    FakeContext.state = 'suspended';
    const ears = listener();
    const audio = await openAudio(wishes(), ears);
    expect(ears.onBlocked).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(ears.onBlocked).toHaveBeenLastCalledWith(true);
    audio.close();
  });

  it('should use the devices that were chosen, and treat the sound as asked', async () => {
    const choice = { ...CHOICE, microphone: 'desk', speaker: 'hall', noiseSuppression: false };
    const audio = await openAudio({ ...wishes(), choice }, listener());
    expect(getUserMedia.mock.calls[0]).toMatchObject([
      { audio: { deviceId: { exact: 'desk' }, noiseSuppression: false, echoCancellation: true } },
    ]);
    expect(FakeContext.lastSpeaker).toBe('hall');
    expect(audio.substituted).toEqual({ microphone: false, speaker: false });
    audio.close();
  });

  it('should use the default devices in place of those that are not there, and say so', async () => {
    FakeContext.absentSpeaker = 'hall';
    getUserMedia = vi.fn((asked: MediaStreamConstraints) =>
      typeof asked.audio === 'object' && 'deviceId' in asked.audio
        ? Promise.reject(namedError('OverconstrainedError'))
        : Promise.resolve(granted()),
    );
    const choice = { ...CHOICE, microphone: 'desk', speaker: 'hall' };
    const audio = await openAudio({ ...wishes(), choice }, listener());
    expect(audio.substituted).toEqual({ microphone: true, speaker: true });
    expect(audio.microphone).not.toBeNull();
    audio.close();
  });

  it('should exchange the microphone while everything else stays', async () => {
    const ears = listener();
    const audio = await openAudio(wishes(), ears);
    audio.setMuted(true);
    const before = FakeTrack.last;
    await audio.choose({ ...CHOICE, microphone: 'desk' });
    expect(before.readyState).toBe('ended');
    expect(held).toMatchObject({ contexts: 1, tracks: 1, worklets: 2 });
    expect(FakeTrack.last.enabled).toBe(false);
    before.dispatchEvent(new Event('ended'));
    expect(ears.onMicrophoneLost).not.toHaveBeenCalled();
    FakeTrack.last.dispatchEvent(new Event('ended'));
    expect(ears.onMicrophoneLost).toHaveBeenCalledOnce();
    audio.close();
  });

  it('should keep the microphone it has when another cannot be had', async () => {
    const audio = await openAudio(wishes(), listener());
    const before = FakeTrack.last;
    getUserMedia = vi.fn(() => Promise.reject(namedError('NotAllowedError')));
    await expect(audio.choose({ ...CHOICE, autoGain: false })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(before.readyState).toBe('live');
    audio.close();
  });

  it('should give a busy system its microphone back before it asks for another', async () => {
    const audio = await openAudio(wishes(), listener());
    const before = FakeTrack.last;
    getUserMedia = vi.fn(() =>
      before.readyState === 'live'
        ? Promise.reject(namedError('NotReadableError'))
        : Promise.resolve(granted()),
    );
    await audio.choose({ ...CHOICE, microphone: 'desk' });
    expect(FakeTrack.last).not.toBe(before);
    audio.close();
  });

  it('should take back the microphone it had when it let go of it in vain', async () => {
    const audio = await openAudio(wishes(), listener());
    const before = FakeTrack.last;
    getUserMedia = vi.fn(({ audio: asked }: MediaStreamConstraints) =>
      typeof asked === 'object' && asked.deviceId === undefined && before.readyState === 'ended'
        ? Promise.resolve(granted())
        : Promise.reject(namedError('NotReadableError')),
    );
    await expect(audio.choose({ ...CHOICE, microphone: 'desk' })).rejects.toMatchObject({
      code: 'microphone_busy',
    });
    expect(FakeTrack.last).not.toBe(before);
    expect([FakeTrack.last.readyState, audio.isHearing]).toEqual(['live', true]);
    expect(held.tracks).toBe(1);
    audio.close();
  });

  it('should say that nobody is heard when what it had cannot be had again', async () => {
    const audio = await openAudio(wishes(), listener());
    getUserMedia = vi.fn(() => Promise.reject(namedError('NotReadableError')));
    await expect(audio.choose({ ...CHOICE, microphone: 'desk' })).rejects.toMatchObject({
      code: 'microphone_busy',
    });
    expect(audio.isHearing).toBe(false);
    audio.close();
  });

  it('should open nothing anew when nothing about the microphone changed', async () => {
    const audio = await openAudio(wishes(), listener());
    await audio.choose({ ...CHOICE, speaker: 'hall' });
    expect(getUserMedia).toHaveBeenCalledOnce();
    expect(FakeContext.lastSpeaker).toBe('hall');
    audio.close();
  });

  it('should free a microphone that was granted after the devices were closed', async () => {
    const audio = await openAudio(wishes(), listener());
    const choosing = audio.choose({ ...CHOICE, microphone: 'desk' });
    audio.close();
    await choosing;
  });

  it('should say how loud the microphone is, and when the system keeps it silent', async () => {
    const ears = listener();
    const audio = await openAudio(wishes(), ears);
    FakeTrack.last.muted = true;
    worklet('vivavoce-capture').port.onmessage?.({ data: new Int16Array(480) });
    expect(ears.onHeard).toHaveBeenCalledWith({
      loudness: { rmsDb: -Infinity, clipped: 0, samples: 480 },
      seconds: 0.02,
      isBlocked: true,
    });
    audio.close();
  });
});
