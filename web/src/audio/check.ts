/**
 * A test of the sound devices: say something and hear it back, or hear a few notes.
 *
 * Opens devices of its own, so it works before a conversation and beside one, and frees them when it is over. Refuses
 * to know what the user is told of the outcome.
 */
import { Cleanups } from './cleanups.ts';
import { routeTo } from './devices.ts';
import { AudioFault } from './faults.ts';
import type { AudioFaultCode } from './faults.ts';
import { loudnessOfFloats } from './loudness.ts';
import { requestMicrophone, stopTracks } from './microphone.ts';
import type { DeviceChoice, Waveform } from './port.ts';
import { playNotes } from './notes.ts';
import { Analysis } from './waveform.ts';

export const CHECK_SECONDS = 3;

/** Loudness is looked at this often. */
const LOOK_MS = 50;
/** Whoever has not answered the browser's question by then has left it; nothing else takes nearly as long. */
const DEADLINE_MS = 60_000;

export type CheckStep = 'opening' | 'recording' | 'playing';

export type CheckOutcome =
  /** How loud the loudest moment was, in dB below full scale. */
  | { readonly kind: 'heard'; readonly loudestDb: number }
  | { readonly kind: 'played' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly code: AudioFaultCode };

interface CheckOptions {
  /** The devices to test. */
  readonly choice: () => DeviceChoice;
  /** Keeps a conversation from hearing the test, or lets it hear again. */
  readonly hush: (isHushed: boolean) => void;
}

/** See the module's docstring. One test at a time: another ends the one under way. */
export class SoundCheck {
  readonly #options: CheckOptions;
  #waveform: Waveform | null = null;
  #end = new AbortController();

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  /** The sound of this moment, recorded or played; null between tests. */
  get sound(): Waveform | null {
    return this.#waveform;
  }

  /** Has the browser tell the names of the devices, which it does to pages that may use the microphone. */
  async nameDevices(): Promise<CheckOutcome> {
    return this.#run(async (signal, cleanups) => {
      await unlessAborted(openStream(this.#options.choice(), cleanups), signal);
      return { kind: 'played' };
    });
  }

  /** Records for three seconds and plays it back. */
  async microphone(onStep: (step: CheckStep) => void): Promise<CheckOutcome> {
    return this.#run(async (signal, cleanups) => {
      onStep('opening');
      const context = await this.#openContext(cleanups);
      const analysis = new Analysis(context, cleanups);
      const stream = await unlessAborted(openStream(this.#options.choice(), cleanups), signal);
      const source = context.createMediaStreamSource(stream);
      source.connect(analysis.node);
      this.#waveform = analysis;
      onStep('recording');
      const { recording, loudestDb } = await record(stream, analysis, signal);
      source.disconnect();
      stopTracks(stream);
      onStep('playing');
      await play(context, { recording, through: analysis.node }, signal);
      return { kind: 'heard', loudestDb };
    });
  }

  /** Plays a few notes. */
  async speaker(): Promise<CheckOutcome> {
    return this.#run(async (signal, cleanups) => {
      const context = await this.#openContext(cleanups);
      const analysis = new Analysis(context, cleanups);
      analysis.node.connect(context.destination);
      this.#waveform = analysis;
      await ended(playNotes(context, analysis.node), signal);
      return { kind: 'played' };
    });
  }

  /** Ends a test that is under way. */
  stop(): void {
    this.#end.abort();
  }

  async #run(
    test: (signal: AbortSignal, cleanups: Cleanups) => Promise<CheckOutcome>,
  ): Promise<CheckOutcome> {
    this.stop();
    const end = new AbortController();
    this.#end = end;
    const cleanups = new Cleanups();
    const timer = setTimeout(() => {
      end.abort();
    }, DEADLINE_MS);
    this.#options.hush(true);
    try {
      return await test(end.signal, cleanups);
    } catch (error) {
      if (end.signal.aborted) return { kind: 'ended' };
      return { kind: 'failed', code: error instanceof AudioFault ? error.code : 'microphone_busy' };
    } finally {
      clearTimeout(timer);
      cleanups.run();
      if (this.#end === end) {
        this.#waveform = null;
        this.#options.hush(false);
      }
    }
  }

  async #openContext(cleanups: Cleanups): Promise<AudioContext> {
    if (!window.isSecureContext) throw new AudioFault('insecure_origin');
    const scope = globalThis as { AudioContext?: typeof AudioContext };
    if (scope.AudioContext === undefined) throw new AudioFault('unsupported_browser');
    const context = new scope.AudioContext();
    cleanups.add(() => void context.close());
    void context.resume();
    await routeTo(context, this.#options.choice().speaker);
    return context;
  }
}

async function openStream(choice: DeviceChoice, cleanups: Cleanups): Promise<MediaStream> {
  if (!window.isSecureContext) throw new AudioFault('insecure_origin');
  const { stream } = await requestMicrophone(choice);
  cleanups.add(() => {
    stopTracks(stream);
  });
  return stream;
}

/** Whatever container the browser likes: it reads what it wrote. */
async function record(
  stream: MediaStream,
  analysis: Analysis,
  signal: AbortSignal,
): Promise<{ recording: Blob; loudestDb: number }> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const look = new Float32Array(2048);
  let loudestDb = -Infinity;
  const timer = setInterval(() => {
    analysis.read(look);
    loudestDb = Math.max(loudestDb, loudnessOfFloats(look).rmsDb);
  }, LOOK_MS);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => {
      resolve();
    };
  });
  try {
    recorder.start();
    await wait(CHECK_SECONDS * 1000, signal);
  } finally {
    clearInterval(timer);
    if (recorder.state !== 'inactive') recorder.stop();
  }
  await unlessAborted(stopped, signal);
  return { recording: new Blob(pieces, { type: recorder.mimeType }), loudestDb };
}

async function play(
  context: AudioContext,
  { recording, through }: { readonly recording: Blob; readonly through: AudioNode },
  signal: AbortSignal,
): Promise<void> {
  const source = context.createBufferSource();
  source.buffer = await unlessAborted(
    recording.arrayBuffer().then((bytes) => context.decodeAudioData(bytes)),
    signal,
  );
  source.connect(through).connect(context.destination);
  source.start();
  await ended(source, signal);
}

async function ended(source: AudioScheduledSourceNode, signal: AbortSignal): Promise<void> {
  const over = new Promise<void>((resolve) => {
    source.onended = () => {
      resolve();
    };
  });
  await unlessAborted(over, signal);
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await unlessAborted(over, signal);
  } finally {
    clearTimeout(timer);
  }
}

async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new Error('ended'));
      },
      { signal: settled.signal },
    );
  });
  signal.throwIfAborted();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}
