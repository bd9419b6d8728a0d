/**
 * Blinks: when they come, and how lids move.
 *
 * People blink every two to seven seconds, sometimes twice, and mostly while their eyes jump. Lids close in about 70 ms and
 * open in about twice that.
 */
import { smoothstep } from './easing.ts';
import { between } from './random.ts';
import type { Random } from './random.ts';
import { AT } from './pose.ts';
import type { Pose } from './pose.ts';

const CLOSING_SECONDS = 0.075;
const SHUT_SECONDS = 0.035;
const OPENING_SECONDS = 0.16;
const BLINK_SECONDS: number = CLOSING_SECONDS + SHUT_SECONDS + OPENING_SECONDS;
const SHORTEST_SECONDS = 1.8;
const LONGEST_SECONDS = 6.5;
const TWICE_SHARE = 0.14;
const TWICE_AFTER_SECONDS = 0.1;
const WITH_GLANCE_SHARE = 0.45;
/** A glance brings no blink so soon after the last one. */
const REST_SECONDS = 0.8;
/** Lids of two eyes are never quite together; without this a face is a doll's. */
const LAG_SECONDS = 0.008;

export class Blinking {
  readonly #random: Random;
  #startsAt: number;
  #mayRepeat = true;

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#startsAt = now + between(random, 0.6, SHORTEST_SECONDS);
  }

  /** Tells that the eyes jump; a blink often goes with it. */
  glance(now: number): void {
    const isFree = now < this.#startsAt && this.#startsAt - now > REST_SECONDS;
    if (isFree && this.#random() < WITH_GLANCE_SHARE) this.#startsAt = now;
  }

  /** Writes both lids for the moment `now`. */
  apply(pose: Pose, now: number): void {
    const since = now - this.#startsAt;
    pose[AT.blinkLeft] = closure(since);
    pose[AT.blinkRight] = closure(since - LAG_SECONDS);
    if (since > BLINK_SECONDS + LAG_SECONDS) this.#plan(now);
  }

  #plan(now: number): void {
    if (this.#mayRepeat && this.#random() < TWICE_SHARE) {
      this.#mayRepeat = false;
      this.#startsAt = now + TWICE_AFTER_SECONDS;
      return;
    }
    this.#mayRepeat = true;
    // Squared: short pauses are the rule, long ones the exception.
    this.#startsAt = now + SHORTEST_SECONDS + (LONGEST_SECONDS - SHORTEST_SECONDS) * this.#random() ** 2;
  }
}

/** How far a lid is down, `since` seconds after its blink began. */
export function closure(since: number): number {
  if (since <= 0 || since >= BLINK_SECONDS) return 0;
  if (since < CLOSING_SECONDS) return smoothstep(0, CLOSING_SECONDS, since);
  return 1 - smoothstep(CLOSING_SECONDS + SHUT_SECONDS, BLINK_SECONDS, since);
}
