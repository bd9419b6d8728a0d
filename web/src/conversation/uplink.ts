/** Decides what of the microphone leaves the page: all of it hands-free, what is said under the button otherwise. */
import type { AudioPort } from '../audio/index.ts';
import type { Link } from '../connection/index.ts';
import { SAMPLE_RATE_HZ } from '../protocol/index.ts';

/** Less than this is a slip of the finger, not a turn. */
const MIN_TURN_SAMPLES = 0.1 * SAMPLE_RATE_HZ;
/** What a piece of an encoded file lasts. */
const PIECE_SAMPLES = 0.06 * SAMPLE_RATE_HZ;

/** What is said under the button, once. */
interface Turn {
  samples: number;
}

/** See the module's docstring. */
export class Uplink {
  readonly #link: Link;
  #audio: AudioPort | null = null;
  /** While the button is down. */
  #held: Turn | null = null;
  /** What the present encoded file is part of: its last piece comes after the button is up. */
  #recorded: Turn | null = null;
  /** The session does not have the file's beginning, or a piece of it: nothing more of it can be understood. */
  #isBroken = true;
  /** A new file was asked for, and its beginning is still to come. */
  #isBeginning = false;
  #isHandsFree = false;
  /** Grows when a session is over, whose turns are nobody's any more. */
  #sessions = 0;

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
    this.#isHandsFree = isHandsFree;
    if (this.#isEncoded) void this.#listen(isHandsFree);
  }

  /** Takes a frame from the microphone. */
  frame(pcm: Int16Array, isHandsFree: boolean): void {
    if (!isHandsFree && this.#held === null) return;
    this.#send(pcm, pcm.length, this.#held);
  }

  /** Takes the next piece of an encoded file, which is made only while it is wanted. */
  piece(bytes: Uint8Array<ArrayBuffer>, isFirst: boolean): void {
    if (isFirst) {
      this.#recorded = this.#held;
      this.#isBeginning = false;
    } else if (this.#isBroken) {
      this.#mend();
      return;
    }
    this.#isBroken = !this.#send(bytes, PIECE_SAMPLES, this.#recorded);
  }

  /** The button goes down: a turn begins. */
  hold(): void {
    this.#held = { samples: 0 };
    if (this.#isEncoded) void this.#listen(true);
  }

  /** The button comes up: the turn is handed over, or taken back when it was too short. */
  release(): void {
    const turn = this.#held;
    this.#held = null;
    if (turn === null) return;
    if (this.#isEncoded) void this.#releaseEncoded(turn);
    else this.#handOver(turn);
  }

  /** Forgets a turn that cannot be finished. */
  reset(): void {
    this.#held = null;
    this.#sessions += 1;
    this.#isBroken = true;
    if (this.#isEncoded) void this.#listen(false);
  }

  get #isEncoded(): boolean {
    return this.#audio?.encoding === 'webm';
  }

  /** Begins the file anew as soon as that helps: where somebody is to be heard, and the way is free again. */
  #mend(): void {
    const isWanted = this.#isHandsFree || this.#held !== null;
    if (isWanted && !this.#isBeginning && this.#link.takesAudio()) void this.#listen(true);
  }

  async #listen(isListening: boolean): Promise<void> {
    this.#isBeginning = isListening;
    await this.#audio?.listen(isListening);
  }

  #send(audio: Int16Array | Uint8Array<ArrayBuffer>, samples: number, turn: Turn | null): boolean {
    if (!this.#link.sendAudio(audio)) {
      this.framesDropped += 1;
      return false;
    }
    this.framesSent += 1;
    if (turn !== null) turn.samples += samples;
    return true;
  }

  /** The end of what was said comes after the button is up. */
  async #releaseEncoded(turn: Turn): Promise<void> {
    const session = this.#sessions;
    await this.#listen(false);
    if (session === this.#sessions) this.#handOver(turn);
  }

  #handOver({ samples }: Turn): void {
    if (samples === 0) return;
    if (samples < MIN_TURN_SAMPLES) {
      this.#link.send({ type: 'input_audio_buffer.clear' });
      return;
    }
    this.#link.send({ type: 'input_audio_buffer.commit' });
    this.#link.send({ type: 'response.create' });
  }
}
