/**
 * What goes with speech besides the lips: the head dips and the brows rise on stressed words.
 *
 * Stress is loudness that stands out from the loudness just before; a stroke then runs its course.
 */
import { approach, bump } from './easing.ts';
import { between } from './random.ts';
import type { Random } from './random.ts';
import { add } from './pose.ts';
import type { Pose } from './pose.ts';

const STANDS_OUT = 0.16;
const STROKE_SECONDS = 0.42;
const PAUSE_SECONDS = 0.55;
const HABIT_SECONDS = 0.6;

export class Emphasis {
  readonly #random: Random;
  #usual = 0;
  #startedAt = -Infinity;
  #nod = 0;
  #tilt = 0;
  #brows = 0;
  #slowTilt = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Adds the moment's strokes for a `loudness` of 0 to 1. */
  apply(pose: Pose, loudness: number, now: number, seconds: number): void {
    this.#usual += (loudness - this.#usual) * approach(seconds, HABIT_SECONDS);
    const since = now - this.#startedAt;
    if (loudness - this.#usual > STANDS_OUT && since > STROKE_SECONDS + PAUSE_SECONDS * this.#usual) {
      this.#begin(now);
    }
    const stroke = bump((now - this.#startedAt) / STROKE_SECONDS);
    this.#slowTilt += (this.#tilt * Math.min(1, this.#usual * 2) - this.#slowTilt) * approach(seconds, 0.35);
    add(pose, 'headPitch', this.#nod * stroke);
    add(pose, 'headRoll', this.#slowTilt);
    add(pose, 'browLeft', this.#brows * stroke);
    add(pose, 'browRight', this.#brows * stroke);
    add(pose, 'browInner', 0.5 * this.#brows * stroke);
    add(pose, 'lean', 0.02 * this.#usual);
  }

  #begin(now: number): void {
    this.#startedAt = now;
    this.#nod = between(this.#random, 0.03, 0.085);
    this.#brows = this.#random() < 0.55 ? between(this.#random, 0.25, 0.6) : 0;
    this.#tilt = between(this.#random, -0.055, 0.055);
  }
}
