/**
 * Which sample of which reply is heard at this moment.
 *
 * What the loudspeaker plays is heard later than it is handed to the system: by a few milliseconds on a laptop's own
 * speaker, by a fifth of a second on wireless ones. Owns the two clocks that this takes: {@link OutputClock}, what of
 * the context's time is being heard, and {@link PlayClock}, what was played at that time. Refuses to know faces.
 */
import type { Pace } from './playhead-pace.ts';

/** The sample that is heard. */
export interface Sounding {
  readonly item: string;
  /** Index within the item's own audio; never goes back within an item. */
  readonly sample: number;
  /** False while the item stands still: on hold, or waiting for what has not arrived. */
  readonly isMoving: boolean;
}

/** Those of the last two seconds and a half; no output is later than that. */
const REMEMBERED = 64;
/** Without news for this long it is not known any more whether anything moves. */
const TRUSTED_SECONDS = 0.25;

/** Turns what the audio thread tells into where it was at any moment of late. */
export class PlayClock {
  readonly #inputHz: number;
  readonly #paces: Pace[] = [];
  /** Handed out at every reading, so that looking sixty times a second leaves no garbage. */
  readonly #sounding = { item: '', sample: 0, isMoving: false };

  constructor(inputHz: number) {
    this.#inputHz = inputHz;
  }

  learn(pace: Pace): void {
    this.#paces.push(pace);
    if (this.#paces.length > REMEMBERED) this.#paces.shift();
  }

  /** What was played at a moment of the context's clock; the same object at every call. */
  at(seconds: number): Sounding | null {
    const index = this.#indexAt(seconds);
    const pace = this.#paces[index];
    if (pace?.item == null) return null;
    const { item, at, isMoving } = pace;
    const moved = isMoving ? Math.min(seconds - at, TRUSTED_SECONDS) * this.#inputHz : 0;
    const next = this.#paces[index + 1];
    const limit = next?.item === item ? Math.max(next.sample, pace.sample) : Infinity;
    const sample = Math.min(pace.sample + moved, limit);
    const { item: before, sample: earlier } = this.#sounding;
    this.#sounding.item = item;
    this.#sounding.sample = before === item ? Math.max(sample, earlier) : sample;
    this.#sounding.isMoving = isMoving;
    return this.#sounding;
  }

  /** The last news of before a moment; by hand, since this runs in every frame, and a function would be made anew. */
  #indexAt(seconds: number): number {
    let index = this.#paces.length - 1;
    while (index >= 0 && (this.#paces[index]?.at ?? 0) > seconds) index -= 1;
    return index;
  }
}

/** How often the browser is asked; in between the page's own clock goes on from its answer. */
const ASKED_EVERY_MS = 100;
/** An answer further from the context's clock than this is none; some browsers give such at the start. */
const BELIEVED_SECONDS = 1;

/** What of an audio context's time is being heard now. */
export class OutputClock {
  readonly #context: AudioContext;
  readonly #now: () => number;
  #seconds = 0;
  #answeredAt = 0;
  #askedAt = -Infinity;

  /** @param now - milliseconds of the page's clock. */
  constructor(context: AudioContext, now: () => number = () => performance.now()) {
    this.#context = context;
    this.#now = now;
  }

  /** Seconds of the context's clock. */
  get seconds(): number {
    if (this.#context.state !== 'running') return this.#unextrapolated();
    const now = this.#now();
    if (now - this.#askedAt >= ASKED_EVERY_MS) this.#ask(now);
    return this.#seconds + (now - this.#answeredAt) / 1000;
  }

  #ask(now: number): void {
    this.#askedAt = now;
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const age = (now - performanceTime) / 1000;
    const late = this.#context.currentTime - (contextTime + age);
    if (contextTime > 0 && age >= 0 && Math.abs(late) < BELIEVED_SECONDS) {
      this.#seconds = contextTime;
      this.#answeredAt = performanceTime;
    } else {
      this.#seconds = this.#unextrapolated();
      this.#answeredAt = now;
    }
  }

  #unextrapolated(): number {
    return this.#context.currentTime - latencyOf(this.#context);
  }
}

/** Typed as always there; some browsers lack one or the other. */
function latencyOf(context: { readonly outputLatency?: number; readonly baseLatency?: number }): number {
  return context.outputLatency ?? context.baseLatency ?? 0;
}
