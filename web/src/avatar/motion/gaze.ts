/**
 * Where the eyes rest: on the user while listening, away while thinking, wandering when nothing happens.
 *
 * Owns fixations and the jumps between them. Eyes jump, they do not glide; within a fixation they shiver a little.
 */
import type { Mood } from '../feed.ts';
import { approach } from './easing.ts';
import { between } from './random.ts';
import type { Random } from './random.ts';
import { add } from './pose.ts';
import type { Pose } from './pose.ts';

interface Habit {
  /** The share of fixations that rest on the user. */
  readonly onUser: number;
  readonly shortest: number;
  readonly longest: number;
  /** How far the other fixations go. */
  readonly reach: number;
  /** Where they tend to: up while remembering. */
  readonly lift: number;
}

const HABITS: Readonly<Record<Mood, Habit>> = {
  idle: { onUser: 0.55, shortest: 1.4, longest: 4.2, reach: 0.45, lift: 0.02 },
  listening: { onUser: 0.93, shortest: 1.2, longest: 3.4, reach: 0.22, lift: 0 },
  thinking: { onUser: 0.1, shortest: 0.8, longest: 2, reach: 0.62, lift: 0.42 },
  speaking: { onUser: 0.78, shortest: 1, longest: 3, reach: 0.36, lift: 0.06 },
  error: { onUser: 0.7, shortest: 1.2, longest: 2.6, reach: 0.25, lift: -0.2 },
};

const JUMP_SECONDS = 0.028;
/** The head follows the eyes later, and only part of the way. */
const HEAD_SECONDS = 0.32;
const HEAD_YAW = 0.2;
const HEAD_PITCH = 0.13;
const SHIVER = 0.022;
/** Jumps from here on are seen as glances. */
const GLANCE = 0.24;

export class Gaze {
  readonly #random: Random;
  #goalX = 0;
  #goalY = 0;
  #x = 0;
  #y = 0;
  #headX = 0;
  #headY = 0;
  #shiverX = 0;
  #shiverY = 0;
  #until: number;
  #shiversAt: number;
  #mood: Mood = 'idle';

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#until = now + 1;
    this.#shiversAt = now + 0.4;
  }

  /** Moves on by `seconds` to `now`; tells whether a glance began. */
  apply(pose: Pose, mood: Mood, now: number, seconds: number): boolean {
    const isGlance = this.#decide(mood, now);
    const share = approach(seconds, JUMP_SECONDS);
    this.#x += (this.#goalX + this.#shiverX - this.#x) * share;
    this.#y += (this.#goalY + this.#shiverY - this.#y) * share;
    const follow = approach(seconds, HEAD_SECONDS);
    this.#headX += (this.#goalX - this.#headX) * follow;
    this.#headY += (this.#goalY - this.#headY) * follow;
    // What the head turns the eyes turn back, or they would overshoot.
    add(pose, 'gazeX', this.#x - this.#headX * 0.25);
    add(pose, 'gazeY', this.#y - this.#headY * 0.2);
    add(pose, 'headYaw', this.#headX * HEAD_YAW);
    add(pose, 'headPitch', -this.#headY * HEAD_PITCH);
    return isGlance;
  }

  #decide(mood: Mood, now: number): boolean {
    if (now >= this.#shiversAt) {
      this.#shiverX = between(this.#random, -SHIVER, SHIVER);
      this.#shiverY = between(this.#random, -SHIVER, SHIVER);
      this.#shiversAt = now + between(this.#random, 0.25, 1.1);
    }
    if (mood === this.#mood && now < this.#until) return false;
    this.#mood = mood;
    const habit = HABITS[mood];
    this.#until = now + between(this.#random, habit.shortest, habit.longest);
    const beforeX = this.#goalX;
    const beforeY = this.#goalY;
    this.#choose(habit);
    return Math.hypot(this.#goalX - beforeX, this.#goalY - beforeY) > GLANCE;
  }

  #choose(habit: Habit): void {
    if (this.#random() < habit.onUser) {
      this.#goalX = 0;
      this.#goalY = 0;
      return;
    }
    const side = this.#random() < 0.5 ? -1 : 1;
    this.#goalX = side * between(this.#random, 0.45, 1) * habit.reach;
    this.#goalY = habit.lift + between(this.#random, -0.35, 0.45) * habit.reach;
  }
}
