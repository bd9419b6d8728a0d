/**
 * The microphone's sound as a WebM file with Opus, for browsers without an audio thread to take samples on.
 *
 * Every stretch of listening is a file of its own: whoever decodes it must have its beginning.
 */
import type { Capture, CaptureListener } from './capture.ts';
import type { Cleanups } from './cleanups.ts';
import { loudnessOfFloats } from './loudness.ts';

const MIME_TYPE = 'audio/webm;codecs=opus';
/** Speech needs no more; a recorder's own default is made for music. */
const BITS_PER_SECOND = 32_000;
/** A recorder cuts at its packets of 60 ms: asking for less gives no more. */
const PIECE_MS = 60;
/** The last piece comes at once; without it whoever waits would wait for ever. */
const LAST_PIECE_MS = 1000;
/** By so many of its first bytes a file is known; a recorder may give the very first alone. */
const MARK_BYTES = 4;
const LOOK_MS = 50;
const LOOK_SAMPLES = 2048;

export function canRecordWebm(): boolean {
  const scope = globalThis as { MediaRecorder?: typeof MediaRecorder };
  return scope.MediaRecorder?.isTypeSupported(MIME_TYPE) ?? false;
}

export function captureByRecorder(
  context: AudioContext,
  listener: CaptureListener,
  cleanups: Cleanups,
): Capture {
  // Recording what comes out of a node, not the track, lets the microphone be exchanged in mid-file.
  const input = context.createMediaStreamDestination();
  input.channelCount = 1;
  const recording = new Recording(input.stream, listener);
  cleanups.add(() => {
    recording.abandon();
    for (const track of input.stream.getTracks()) track.stop();
  });
  return {
    encoding: 'webm',
    input: listened(context, input, listener, cleanups),
    listen: (isListening) => recording.listen(isListening),
  };
}

/** Puts an analyser before the recorder, whose pieces do not tell how loud they are. */
function listened(
  context: AudioContext,
  next: AudioNode,
  listener: CaptureListener,
  cleanups: Cleanups,
): AudioNode {
  const analyser = context.createAnalyser();
  analyser.fftSize = LOOK_SAMPLES;
  analyser.connect(next);
  const look = new Float32Array(LOOK_SAMPLES);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(look);
    listener.onLoudness(loudnessOfFloats(look), LOOK_MS / 1000);
  }, LOOK_MS);
  cleanups.add(() => {
    clearInterval(timer);
    analyser.disconnect();
  });
  return analyser;
}

interface RecordedFile {
  /** What came before there was enough to be known as a file's beginning. */
  head: Uint8Array<ArrayBuffer>;
  /** Whether a piece of it was handed over. */
  isBegun: boolean;
}

/** One file after the other, never two at once, their pieces handed over in order. */
class Recording {
  readonly #stream: MediaStream;
  readonly #listener: Pick<CaptureListener, 'onEncoded'>;
  #recorder: MediaRecorder | null = null;
  /** Reading a piece takes a moment; the pieces wait for each other. */
  #handedOver: Promise<void> = Promise.resolve();
  /** Stopping takes a moment too; what is asked for meanwhile waits its turn. */
  #done: Promise<void> = Promise.resolve();
  #asked = 0;
  #isAbandoned = false;

  constructor(stream: MediaStream, listener: Pick<CaptureListener, 'onEncoded'>) {
    this.#stream = stream;
    this.#listener = listener;
  }

  /** Begins a new file, or ends the present one: resolved when its last piece was handed over. */
  listen(isListening: boolean): Promise<void> {
    this.#asked += 1;
    const number = this.#asked;
    const turn = this.#done.then(async () => {
      await this.#end();
      // What was asked for since is all that is wanted.
      if (isListening && number === this.#asked) this.#begin();
    });
    // A recorder that cannot be had now may be had the next time.
    this.#done = turn.catch(() => undefined);
    return turn;
  }

  abandon(): void {
    this.#isAbandoned = true;
    const recorder = this.#recorder;
    this.#recorder = null;
    if (recorder === null) return;
    recorder.ondataavailable = null;
    if (recorder.state !== 'inactive') recorder.stop();
  }

  #begin(): void {
    if (this.#isAbandoned) return;
    const recorder = new MediaRecorder(this.#stream, {
      mimeType: MIME_TYPE,
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    const file: RecordedFile = { head: new Uint8Array(), isBegun: false };
    recorder.ondataavailable = ({ data }) => {
      this.#handOver(data, file);
    };
    recorder.start(PIECE_MS);
    this.#recorder = recorder;
  }

  async #end(): Promise<void> {
    const recorder = this.#recorder;
    this.#recorder = null;
    if (recorder !== null && recorder.state !== 'inactive') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LAST_PIECE_MS);
        recorder.onstop = () => {
          clearTimeout(timer);
          resolve();
        };
        recorder.stop();
      });
    }
    await this.#handedOver;
  }

  #handOver(piece: Blob, file: RecordedFile): void {
    this.#handedOver = this.#handedOver.then(async () => {
      const bytes = joined(file.head, new Uint8Array(await piece.arrayBuffer()));
      if (this.#isAbandoned || bytes.length === 0) return;
      if (!file.isBegun && bytes.length < MARK_BYTES) {
        file.head = bytes;
        return;
      }
      file.head = new Uint8Array();
      this.#listener.onEncoded(bytes, !file.isBegun);
      file.isBegun = true;
    });
  }
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
