/** Decides which microphone frames leave the page: all of them hands-free, those under the button otherwise. */
import type { Link } from '../connection/index.ts';
import { SAMPLE_RATE_HZ } from '../protocol/index.ts';

/** Less than this is a slip of the finger, not a turn. */
const MIN_TURN_SAMPLES = 0.1 * SAMPLE_RATE_HZ;

/** See the module's docstring. */
export class Uplink {
  readonly #link: Link;
  #heldSamples: number | null = null;

  framesSent = 0;
  /** Frames that found the way closed or congested. */
  framesDropped = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Takes a frame from the microphone. */
  frame(pcm: Int16Array, isHandsFree: boolean): void {
    if (!isHandsFree && this.#heldSamples === null) return;
    if (!this.#link.sendAudio(pcm)) {
      this.framesDropped += 1;
      return;
    }
    this.framesSent += 1;
    if (this.#heldSamples !== null) this.#heldSamples += pcm.length;
  }

  /** The button goes down: a turn begins. */
  hold(): void {
    this.#heldSamples = 0;
  }

  /** The button comes up: the turn is handed over, or taken back when it was too short. */
  release(): void {
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

  /** Forgets a turn that cannot be finished. */
  reset(): void {
    this.#heldSamples = null;
  }
}
