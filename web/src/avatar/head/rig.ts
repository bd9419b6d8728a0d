/** The rig: what a pose means for the sculpted head's movements. Numbers in, numbers out. */
import { at, AT, clamp, mix, MOUTH_AT } from '../motion/index.ts';
import type { Mouth, MouthPart, Pose } from '../motion/index.ts';
import { FACE_MORPHS } from './sculpt/sculpture.ts';
import type { FaceMorph } from './sculpt/sculpture.ts';

const MORPH_AT = Object.fromEntries(FACE_MORPHS.map((name, index) => [name, index])) as Record<
  FaceMorph,
  number
>;

/** Movements of the mouth that have the same name in both. */
const SHARED = [
  'jaw',
  'wide',
  'pucker',
  'press',
  'tuck',
  'upperUp',
  'lowerDown',
  'side',
] as const satisfies readonly (MouthPart | FaceMorph)[];

/** Writes the weights of all movements, in the order of `FACE_MORPHS`. */
export function faceInfluences(pose: Pose, mouth: Mouth, firmness: number, influences: number[]): void {
  for (const name of SHARED) influences[MORPH_AT[name]] = mouth[MOUTH_AT[name]] ?? 0;
  const corners = mouth[MOUTH_AT.corners] ?? 0;
  influences[MORPH_AT.smile] = Math.max(0, corners);
  influences[MORPH_AT.frown] = Math.max(0, -corners);
  for (const name of BOTH_WAYS) influences[MORPH_AT[name]] = clamp(at(pose, name), -1, 1.1);
  for (const name of ONE_WAY) influences[MORPH_AT[name]] = clamp(at(pose, name), 0, 1);
  influences[MORPH_AT.firm] = firmness;
}

const BOTH_WAYS = ['browInner', 'browLeft', 'browRight'] as const;
const ONE_WAY = ['cheek', 'squint', 'browDown'] as const;

/**
 * How much lower the lids' outer corners hang, in radians: lids follow the brows, up inside where they are worried, down
 * where they are knitted.
 */
export function lidTilt(pose: Pose): number {
  const outer = (at(pose, 'browLeft') + at(pose, 'browRight')) / 2;
  return clamp(0.13 * (at(pose, 'browInner') - outer) - 0.12 * at(pose, 'browDown'), -0.2, 0.2);
}

/** Radians above and below the middle of the eye. */
const OPEN_UP = 0.7;
const OPEN_DOWN = 0.6;
/** Where lids meet: below the middle, for the upper lid goes most of the way. */
const SHUT = -0.25;

/** Writes how high the upper lids stand, left and right, and how low the lower ones. */
export function lidsOf(pose: Pose, lids: Float32Array): void {
  const wide = at(pose, 'lidWide');
  const droop = at(pose, 'lidDroop');
  const squint = at(pose, 'squint');
  const up = OPEN_UP + 0.13 * wide - 0.75 * droop - 0.1 * squint + 0.14 * at(pose, 'gazeY');
  const down = OPEN_DOWN + 0.06 * wide - 0.34 * squint - 0.08 * at(pose, 'gazeY');
  for (let eye = 0; eye < 2; eye += 1) {
    const blink = clamp(pose[AT.blinkLeft + eye] ?? 0, 0, 1);
    lids[eye] = mix(Math.max(up, SHUT + 0.1), SHUT - 0.02, blink);
    lids[eye + 2] = mix(down, -SHUT - 0.01, blink);
  }
}
