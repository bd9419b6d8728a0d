/** The rig: what a pose means for the sculpted head's movements. Numbers in, numbers out. */
import { AT, clamp, mix, MOUTH_AT } from '../motion/index.ts';
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
  for (let index = 0; index < SHARED.length; index += 1) {
    const name = SHARED[index] ?? 'jaw';
    influences[MORPH_AT[name]] = mouth[MOUTH_AT[name]] ?? 0;
  }
  const corners = mouth[MOUTH_AT.corners] ?? 0;
  influences[MORPH_AT.smile] = Math.max(0, corners);
  influences[MORPH_AT.frown] = Math.max(0, -corners);
  influences[MORPH_AT.cheek] = clamp(pose[AT.cheek] ?? 0, 0, 1);
  influences[MORPH_AT.squint] = clamp(pose[AT.squint] ?? 0, 0, 1);
  influences[MORPH_AT.browInner] = clamp(pose[AT.browInner] ?? 0, -1, 1.1);
  influences[MORPH_AT.browDown] = clamp(pose[AT.browDown] ?? 0, 0, 1);
  influences[MORPH_AT.browLeft] = clamp(pose[AT.browLeft] ?? 0, -1, 1.1);
  influences[MORPH_AT.browRight] = clamp(pose[AT.browRight] ?? 0, -1, 1.1);
  influences[MORPH_AT.firm] = firmness;
}

/** Radians above and below the middle of the eye. */
const OPEN_UP = 0.68;
const OPEN_DOWN = 0.56;
/** Where lids meet: below the middle, for the upper lid goes most of the way. */
const SHUT = -0.25;

/** Writes how high the upper lids stand, left and right, and how low the lower ones. */
export function lidsOf(pose: Pose, lids: Float32Array): void {
  const wide = pose[AT.lidWide] ?? 0;
  const droop = pose[AT.lidDroop] ?? 0;
  const squint = pose[AT.squint] ?? 0;
  const up = OPEN_UP + 0.2 * wide - 0.75 * droop - 0.1 * squint + 0.2 * (pose[AT.gazeY] ?? 0);
  const down = OPEN_DOWN + 0.06 * wide - 0.34 * squint - 0.08 * (pose[AT.gazeY] ?? 0);
  for (let eye = 0; eye < 2; eye += 1) {
    const blink = clamp(pose[AT.blinkLeft + eye] ?? 0, 0, 1);
    lids[eye] = mix(Math.max(up, SHUT + 0.1), SHUT - 0.02, blink);
    lids[eye + 2] = mix(down, -SHUT - 0.01, blink);
  }
}
