/** Breath and sway: what a body does without being asked. */
import { add } from './pose.ts';
import type { Pose } from './pose.ts';

const TURN = 2 * Math.PI;
/** Breaths a second: about fifteen a minute. */
const BREATH_HZ = 0.25;

/** 0 out, 1 in; breathing in is shorter than breathing out, and there is a pause between. */
export function breathAt(now: number): number {
  const phase = (now * BREATH_HZ) % 1;
  const share = phase < 0.4 ? phase / 0.4 : phase < 0.9 ? 1 - (phase - 0.4) / 0.5 : 0;
  return share * share * (3 - 2 * share);
}

/** Adds the moment's breath and sway; `amount` 0 leaves only the breath. The waves never meet twice in the same way. */
export function applyIdling(pose: Pose, now: number, amount: number): void {
  const breath = breathAt(now);
  add(pose, 'breath', breath);
  if (amount <= 0) return;
  add(pose, 'headPitch', amount * (0.014 * Math.sin(TURN * 0.113 * now + 0.7) - 0.012 * breath));
  add(
    pose,
    'headYaw',
    amount * (0.026 * Math.sin(TURN * 0.071 * now) + 0.012 * Math.sin(TURN * 0.191 * now)),
  );
  add(pose, 'headRoll', amount * (0.02 * Math.sin(TURN * 0.059 * now + 2.1)));
  add(pose, 'sway', amount * (0.014 * Math.sin(TURN * 0.083 * now + 1.3)));
  add(pose, 'lean', amount * (0.008 * Math.sin(TURN * 0.047 * now)));
}
