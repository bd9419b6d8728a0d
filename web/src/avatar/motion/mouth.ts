/**
 * The mouth: what the pose's visemes and expressions come to for jaw, lips and tongue.
 *
 * Owns the mixing: a smile goes on while its owner speaks, and yet lips meet for a P. Faces with a mouth of their own shape
 * are driven by these numbers instead of by fifteen ready-made mouths, so that any mixture stays a mouth.
 */
import { VISEMES } from '../feed.ts';
import type { Viseme } from '../feed.ts';
import { clamp } from './easing.ts';
import { AT } from './pose.ts';
import type { Pose } from './pose.ts';

/** 0 to 1, but for `corners` (-1 down, 1 up) and `side` (-1 to 1). */
export const MOUTH = [
  'jaw',
  'wide',
  'pucker',
  'press',
  'tuck', // lower lip under the upper teeth
  'upperUp',
  'lowerDown',
  'tongue', // up behind the teeth, or between them
  'corners',
  'side',
] as const;
export type MouthPart = (typeof MOUTH)[number];
export type Mouth = Float32Array<ArrayBuffer>;

export const MOUTH_AT: Readonly<Record<MouthPart, number>> = Object.fromEntries(
  MOUTH.map((name, index) => [name, index]),
) as Record<MouthPart, number>;

type Shape = Partial<Record<MouthPart, number>>;

/** What each viseme asks for at full weight. */
export const VISEME_SHAPES: Readonly<Record<Viseme, Shape>> = {
  sil: {},
  PP: { press: 1, pucker: 0.12 },
  FF: { jaw: 0.1, tuck: 1, upperUp: 0.8, wide: 0.1 },
  TH: { jaw: 0.24, tongue: 1, upperUp: 0.2, lowerDown: 0.2, wide: 0.1 },
  DD: { jaw: 0.24, tongue: 0.75, upperUp: 0.2, lowerDown: 0.3, wide: 0.18 },
  kk: { jaw: 0.34, upperUp: 0.15, lowerDown: 0.2, wide: 0.12 },
  CH: { jaw: 0.16, pucker: 0.6, upperUp: 0.5, lowerDown: 0.5 },
  SS: { jaw: 0.07, wide: 0.45, upperUp: 0.42, lowerDown: 0.5 },
  nn: { jaw: 0.2, tongue: 0.85, upperUp: 0.12, lowerDown: 0.2, wide: 0.12 },
  RR: { jaw: 0.22, pucker: 0.5, upperUp: 0.22, lowerDown: 0.2, tongue: 0.3 },
  aa: { jaw: 1, upperUp: 0.22, lowerDown: 0.2, wide: 0.1 },
  E: { jaw: 0.55, wide: 0.45, upperUp: 0.25, lowerDown: 0.25 },
  I: { jaw: 0.26, wide: 0.75, upperUp: 0.28, lowerDown: 0.3 },
  O: { jaw: 0.62, pucker: 0.72 },
  U: { jaw: 0.24, pucker: 1 },
};

/** One row a viseme, one column a part of the mouth. */
const TABLE: Float32Array = Float32Array.from(
  VISEMES.flatMap((viseme) => MOUTH.map((part) => VISEME_SHAPES[viseme][part] ?? 0)),
);

export function createMouth(): Mouth {
  return new Float32Array(MOUTH.length);
}

/** Works out the mouth of a pose, in place. */
export function shapeMouth(pose: Pose, mouth: Mouth): void {
  mouth.fill(0);
  for (let viseme = 0; viseme < VISEMES.length; viseme += 1) {
    const weight = pose[viseme] ?? 0;
    if (weight < 0.001) continue;
    for (let part = 0; part < MOUTH.length; part += 1) {
      mouth[part] = (mouth[part] ?? 0) + (TABLE[viseme * MOUTH.length + part] ?? 0) * weight;
    }
  }
  mixWithExpression(pose, mouth);
}

function mixWithExpression(pose: Pose, mouth: Mouth): void {
  const read = (part: MouthPart): number => mouth[MOUTH_AT[part]] ?? 0;
  const write = (part: MouthPart, value: number): void => {
    mouth[MOUTH_AT[part]] = value;
  };
  // Lips that must meet, or meet teeth, win over everything that would part them.
  const speechPress = clamp(read('press'), 0, 1);
  const tuck = clamp(read('tuck'), 0, 1);
  const free = (1 - speechPress) * (1 - 0.9 * tuck);
  const pucker = clamp(read('pucker') + 0.5 * (pose[AT.pout] ?? 0) * free, 0, 1);
  const smile = pose[AT.smile] ?? 0;
  const spoken = clamp(read('jaw'), 0, 1);
  const shown = pose[AT.jaw] ?? 0;
  // A jaw that hangs in surprise does not hang lower for a vowel: the wider of the two, and a little of both.
  const jaw = Math.max(spoken, shown) + 0.25 * Math.min(spoken, shown);
  const expressed = (pose[AT.press] ?? 0) * (1 - clamp(3 * spoken, 0, 1));
  write('jaw', clamp(jaw, 0, 1) * free);
  write('press', clamp(speechPress + expressed, 0, 1));
  write('tuck', tuck);
  write('pucker', pucker);
  write('wide', clamp(read('wide') + 0.3 * smile * (1 - pucker), 0, 1));
  write('upperUp', clamp(read('upperUp') + 0.3 * smile * clamp(jaw * 3, 0, 1), 0, 1) * (1 - speechPress));
  write('lowerDown', clamp(read('lowerDown'), 0, 1) * free);
  write('tongue', clamp(read('tongue'), 0, 1));
  write('corners', clamp(smile * (1 - 0.6 * pucker) - (pose[AT.frown] ?? 0), -1, 1));
  write('side', clamp(pose[AT.mouthSide] ?? 0, -1, 1));
}
