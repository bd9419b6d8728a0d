/** Decides what of the microphone leaves the page: all of it hands-free, what is said under the button otherwise. */
import type { AudioPort } from '../audio/index.ts';
import type { Link } from '../connection/index.ts';
import { SAMPLE_RATE_HZ } from '../protocol/index.ts';

/** Less than this is a slip of the finger, not a turn. */
const MIN_TURN_SAMPLES = 0.1 * SAMPLE_RATE_HZ;
/** What a piece of an encoded file lasts. */
const PIECE_SAMPLES = 0.06 * SAMPLE_RATE_HZ;
/** A WebM file begins so. */
const FILE_START = [0x1a, 0x45, 0xdf, 0xa3] as const;

/** See the module's docstring. */
export class Uplink {
  readonly #link: Link;
  #audio: AudioPort | null = null;
  #heldSamples: number | null = null;
  /** A piece of the encoded file was lost: nothing after it can be understood. */
  #isBroken = false;

  framesSent = 0;
  /** Frames that found the way closed or congested. */
  framesDropped = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Sets where the sound comes from; null for nowhere. */
  attach(audio: AudioPort | null): void {
    this.#audio = audio;
  }

  /** A session begins, or the way in which the user takes a turn changed. */
  begin(isHandsFree: boolean): void {
    this.#isBroken = false;
    if (this.#isEncoded) void this.#audio?.listen(isHandsFree);
  }

  /** Takes a frame from the microphone. */
  frame(pcm: Int16Array, isHandsFree: boolean): void {
    if (!isHandsFree && this.#heldSamples === null) return;
    this.#send(pcm, pcm.length);
  }

  /** Takes the next piece of an encoded file, which is made only while it is wanted. */
  piece(bytes: Uint8Array<ArrayBuffer>): void {
    const isStart = FILE_START.every((byte, index) => bytes[index] === byte);
    if (this.#isBroken && !isStart) return;
    this.#isBroken = !this.#send(bytes, PIECE_SAMPLES);
    if (this.#isBroken && this.#link.isOnline) void this.#audio?.listen(true);
  }

  /** The button goes down: a turn begins. */
  hold(): void {
    this.#heldSamples = 0;
    if (this.#isEncoded) void this.#audio?.listen(true);
  }

  /** The button comes up: the turn is handed over, or taken back when it was too short. */
  release(): void {
    if (this.#isEncoded) void this.#releaseEncoded();
    else this.#handOver();
  }

  /** Forgets a turn that cannot be finished. */
  reset(): void {
    this.#heldSamples = null;
    if (this.#isEncoded) void this.#audio?.listen(false);
  }

  get #isEncoded(): boolean {
    return this.#audio?.encoding === 'webm';
  }

  #send(audio: Int16Array | Uint8Array<ArrayBuffer>, samples: number): boolean {
    if (!this.#link.sendAudio(audio)) {
      this.framesDropped += 1;
      return false;
    }
    this.framesSent += 1;
    if (this.#heldSamples !== null) this.#heldSamples += samples;
    return true;
  }

  /** The end of what was said comes after the button is up. */
  async #releaseEncoded(): Promise<void> {
    await this.#audio?.listen(false);
    this.#handOver();
  }

  #handOver(): void {
    const held = this.#heldSamples;
    this.#heldSamples = null;
    if (held === null || held === 0) return;
    if (held < MIN_TURN_SAMPLES) {
      this.#link.send({ type: 'input_audio_buffer.clear' });
      return;
    }
    this.#link.send({ type: 'input_audio_buffer.commit' });
    this.#link.send({ type: 'response.create' });
  }
}
