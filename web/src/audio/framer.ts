/** Cuts a stream of samples into frames of one length. */
import { floatToPcm } from './pcm.ts';

/** Holds the part of a frame that is not full yet. */
export class Framer {
  readonly #frameSamples: number;
  #frame: Int16Array<ArrayBuffer>;
  #filled = 0;

  constructor(frameSamples: number) {
    this.#frameSamples = frameSamples;
    this.#frame = new Int16Array(frameSamples);
  }

  /** Adds samples, and hands over each frame as it becomes full; the receiver owns it. */
  push(samples: Float32Array, onFrame: (frame: Int16Array<ArrayBuffer>) => void): void {
    for (const sample of samples) {
      this.#frame[this.#filled] = floatToPcm(sample);
      this.#filled += 1;
      if (this.#filled === this.#frameSamples) {
        onFrame(this.#frame);
        this.#frame = new Int16Array(this.#frameSamples);
        this.#filled = 0;
      }
    }
  }
}
