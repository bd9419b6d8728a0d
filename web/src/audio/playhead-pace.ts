/**
 * Says when playback begins, stands still and goes on, in the context's own time; runs where the samples are played.
 *
 * Plain arithmetic: the speakers ask it after every block.
 */
import type { Playhead } from './jitter-buffer.ts';

/** From a moment of the context's clock on: where playback is, and whether it moves. */
export interface Pace {
  /** Null while nothing plays. */
  readonly item: string | null;
  /** Index within the item's own audio. */
  readonly sample: number;
  /** Seconds of the context's clock at which this sample goes into the output. */
  readonly at: number;
  readonly isMoving: boolean;
}

/** Often enough for the page's extrapolation, which also covers for clocks that differ. */
const REPEAT_SECONDS = 0.04;

/** One block of samples that was asked for. */
export interface Block {
  /** Where playback is behind the block; null when nothing is left to play. */
  readonly head: Playhead | null;
  /** How many of its samples were audio, from the first on. */
  readonly filled: number;
  readonly asked: number;
  /** Seconds of the context's clock at which its first sample goes into the output. */
  readonly startsAt: number;
}

export class PaceKeeper {
  readonly #inputHz: number;
  #item: string | null = null;
  #isMoving = false;
  #toldAt = -Infinity;

  constructor(inputHz: number) {
    this.#inputHz = inputHz;
  }

  /** What is to be told after a block, if anything. */
  note(block: Block): Pace | null {
    if (block.asked === 0) return null;
    const item = block.head?.item ?? null;
    const isMoving = item !== null && block.filled === block.asked;
    const isSame = isMoving === this.#isMoving && item === this.#item;
    if (isSame && !this.#isDue(block)) return null;
    const hasBegun = isMoving && !isSame;
    this.#isMoving = isMoving;
    this.#item = item;
    this.#toldAt = block.startsAt;
    return hasBegun ? this.#begun(block) : this.#behind(block);
  }

  #isDue({ startsAt }: Block): boolean {
    return this.#isMoving && startsAt - this.#toldAt >= REPEAT_SECONDS;
  }

  /** An item begins or goes on in this block, maybe after the end of another. */
  #begun({ head, filled, startsAt }: Block): Pace {
    const played = head?.played ?? 0;
    const sample = Math.max(0, played - filled);
    const before = filled - (played - sample);
    return { item: head?.item ?? null, sample, at: startsAt + before / this.#inputHz, isMoving: true };
  }

  /** Where playback is behind the last sample that was audio. */
  #behind({ head, filled, startsAt }: Block): Pace {
    const at = startsAt + filled / this.#inputHz;
    return { item: head?.item ?? null, sample: head?.played ?? 0, at, isMoving: this.#isMoving };
  }
}
