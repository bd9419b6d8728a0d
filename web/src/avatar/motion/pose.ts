/**
 * The pose: everything a face does at one moment, as one array of numbers.
 *
 * Owns what each number means. Every face, sculpted, drawn or brought by the user, is moved by this array and nothing else;
 * the animator writes it in place, frame after frame.
 */
import { VISEMES } from '../feed.ts';
import type { Viseme } from '../feed.ts';

export type Pose = Float32Array<ArrayBuffer>;

/** What a character can look like; `neutral` is none of them. The server's cues use these names. */
export const EXPRESSIONS = ['joy', 'sadness', 'surprise', 'anger', 'relaxed', 'thinking'] as const;
export type Expression = (typeof EXPRESSIONS)[number];

/** The parts of a face that expressions move; 0 to 1, or -1 to 1 where a movement has two ways. */
export const FEATURES = [
  'browInner', // -1 knitted low, 1 raised in the middle
  'browLeft', // -1 to 1, the outer half; left as the viewer sees it
  'browRight',
  'browDown',
  'lidWide',
  'lidDroop',
  'squint', // lower lids
  'cheek',
  'smile',
  'frown',
  'jaw', // beyond what speech asks for
  'press',
  'mouthSide', // -1 to 1
  'pout',
] as const;
export type Feature = (typeof FEATURES)[number];

/** Where the body is, and what nobody decides. */
export const BODY = [
  'blinkLeft',
  'blinkRight',
  'gazeX', // -1 to 1, to the viewer's right
  'gazeY', // -1 to 1, up
  'headPitch', // radians, down
  'headYaw', // radians, to the viewer's right
  'headRoll', // radians, towards the viewer's right shoulder
  'breath', // 0 out, 1 in
  'lean', // radians, forward
  'sway', // radians, to the viewer's right
  'wave', // 0 the hand is away, 1 it is up
  'waveSwing', // radians
] as const;
export type BodyPart = (typeof BODY)[number];

export type Channel = Viseme | Expression | Feature | BodyPart;

const NAMES: readonly Channel[] = [...VISEMES, ...EXPRESSIONS, ...FEATURES, ...BODY];

/** Where each channel stands in the array. */
export const AT: Readonly<Record<Channel, number>> = Object.fromEntries(
  NAMES.map((name, index) => [name, index]),
) as Record<Channel, number>;

export const FIRST_EXPRESSION: number = VISEMES.length;
export const FIRST_FEATURE: number = FIRST_EXPRESSION + EXPRESSIONS.length;
export const FIRST_BODY: number = FIRST_FEATURE + FEATURES.length;
export const POSE_SIZE: number = NAMES.length;

export function createPose(): Pose {
  return new Float32Array(POSE_SIZE);
}

/** Reads a channel; the array is never shorter than the channels. */
export function at(pose: Pose, channel: Channel): number {
  return pose[AT[channel]] ?? 0;
}

/** Adds to a channel. */
export function add(pose: Pose, channel: Channel, amount: number): void {
  const index = AT[channel];
  pose[index] = (pose[index] ?? 0) + amount;
}

export function set(pose: Pose, channel: Channel, value: number): void {
  pose[AT[channel]] = value;
}
