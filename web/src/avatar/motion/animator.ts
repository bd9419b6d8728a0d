/**
 * The animator: one call a frame turns what the conversation does into a pose.
 *
 * Owns the order in which the parts are laid on each other, and the habits of each mood. Refuses to know how a face is
 * drawn, and asks no clock and no chance of its own: the time and a seed are given to it.
 */
import type { FaceFeed, Mood } from '../feed.ts';
import { ActionPlayer } from './actions.ts';
import { Blinking } from './blinking.ts';
import { approach, clamp } from './easing.ts';
import { Emphasis } from './emphasis.ts';
import { ExpressionBlend, isExpression } from './expressions.ts';
import { Gaze } from './gaze.ts';
import { applyIdling } from './idling.ts';
import { Lips } from './lips.ts';
import { AT, createPose, POSE_SIZE } from './pose.ts';
import type { Expression, Pose } from './pose.ts';
import { between, seededRandom } from './random.ts';
import type { Random } from './random.ts';

/** A tab that slept must not make up for it. */
const LONGEST_STEP_SECONDS = 0.1;
/** Moods with a face of their own, where the reply asks for none. */
const MOOD_FACES: Readonly<Partial<Record<Mood, { readonly name: Expression; readonly strength: number }>>> =
  {
    thinking: { name: 'thinking', strength: 0.6 },
    error: { name: 'sadness', strength: 0.55 },
  };
const NOD_EVERY_SECONDS = [3.2, 7.5] as const;
const LISTENERS_NOD = 0.34;
/** A conversation that begins after so long a pause is greeted. */
const PAUSE_BEFORE_HELLO_SECONDS = 0.5;

export interface AnimatorOptions {
  readonly seed: number;
  /** Seconds on the clock that {@link Animator.update} is given. */
  readonly now: number;
}

export class Animator {
  /** The pose of the last update; the same array each time. */
  readonly pose: Pose = createPose();
  /** Lips, blinks and slow expressions only, for people whom movement disturbs. */
  isCalm = false;
  readonly #random: Random;
  readonly #blinking: Blinking;
  readonly #gaze: Gaze;
  readonly #lips = new Lips();
  readonly #expressions = new ExpressionBlend();
  readonly #emphasis: Emphasis;
  readonly #actions = new ActionPlayer();
  #now: number;
  #mood: Mood = 'idle';
  #moodSince: number;
  #attention = 0;
  #nodsAt = Infinity;
  #actionCount: number | null = null;

  constructor({ seed, now }: AnimatorOptions) {
    this.#random = seededRandom(seed);
    this.#blinking = new Blinking(this.#random, now);
    this.#gaze = new Gaze(this.#random, now);
    this.#emphasis = new Emphasis(this.#random);
    this.#now = now;
    this.#moodSince = now;
  }

  /** Moves the face on to `now`. */
  update(now: number, feed: FaceFeed): void {
    const seconds = clamp(now - this.#now, 0, LONGEST_STEP_SECONDS);
    this.#now = now;
    this.#follow(feed, now);
    this.pose.fill(0);
    this.#lips.apply(this.pose, feed, seconds);
    this.#showExpression(feed, seconds);
    this.#blinking.apply(this.pose, now);
    if (this.isCalm) applyIdling(this.pose, now, 0);
    else this.#move(now, seconds);
    limit(this.pose);
  }

  #move(now: number, seconds: number): void {
    const mood = this.#mood;
    applyIdling(this.pose, now, mood === 'idle' ? 0.75 : 1);
    if (this.#gaze.apply(this.pose, mood, now, seconds)) this.#blinking.glance(now);
    this.#emphasis.apply(this.pose, mood === 'speaking' ? this.#lips.loudness : 0, now, seconds);
    this.#attend(now, seconds);
    this.#actions.apply(this.pose, now);
  }

  /** A listener leans in, opens the eyes a little, and nods now and then. */
  #attend(now: number, seconds: number): void {
    const { pose } = this;
    const goal = this.#mood === 'listening' ? 1 : 0;
    this.#attention += (goal - this.#attention) * approach(seconds, 0.4);
    pose[AT.lean] = (pose[AT.lean] ?? 0) + 0.035 * this.#attention;
    pose[AT.lidWide] = (pose[AT.lidWide] ?? 0) + 0.18 * this.#attention;
    pose[AT.browInner] = (pose[AT.browInner] ?? 0) + 0.12 * this.#attention;
    pose[AT.headRoll] = (pose[AT.headRoll] ?? 0) + 0.05 * this.#attention;
    if (now < this.#nodsAt) return;
    if (!this.#actions.isPlaying(now)) this.#actions.play('nod', now, LISTENERS_NOD);
    this.#nodsAt = now + between(this.#random, ...NOD_EVERY_SECONDS);
  }

  #follow(feed: FaceFeed, now: number): void {
    if (feed.mood !== this.#mood) this.#change(feed.mood, now);
    const { action } = feed;
    const count = action?.count ?? 0;
    // What was acted before this face came is not acted again.
    const isNew = this.#actionCount !== null && count !== this.#actionCount;
    if (isNew && action !== null) this.#actions.play(action.name, now);
    this.#actionCount = count;
  }

  #change(mood: Mood, now: number): void {
    const begins = this.#mood === 'idle' && mood !== 'error';
    if (begins && now - this.#moodSince >= PAUSE_BEFORE_HELLO_SECONDS) this.#actions.play('wave', now);
    this.#mood = mood;
    this.#moodSince = now;
    this.#nodsAt = mood === 'listening' ? now + between(this.#random, ...NOD_EVERY_SECONDS) : Infinity;
  }

  #showExpression(feed: FaceFeed, seconds: number): void {
    const { expression } = feed;
    const own = MOOD_FACES[this.#mood];
    const asked =
      expression === 'neutral' ? null : isExpression(expression) ? expression : (own?.name ?? null);
    const strength = isExpression(expression) ? 1 : (own?.strength ?? 1);
    // Slower for those who asked for calm: a face that flips is movement too.
    this.#expressions.apply(this.pose, asked, strength, this.isCalm ? seconds * 0.4 : seconds);
  }
}

/** Parts that add up stay within what a face can do. */
function limit(pose: Pose): void {
  for (let index = 0; index < POSE_SIZE; index += 1) pose[index] = clamp(pose[index] ?? 0, -1.2, 1.2);
  for (let index = 0; index < AT.browInner; index += 1) pose[index] = clamp(pose[index] ?? 0, 0, 1);
}
