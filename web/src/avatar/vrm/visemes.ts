/** What VRM avatars have for lips: five vowels. The other mouths are made of them. */
import { VISEMES } from '../feed.ts';
import type { Viseme } from '../feed.ts';
import { AT, clamp } from '../motion/index.ts';
import type { Pose } from '../motion/index.ts';

/** The names of the VRM specification. */
export const VRM_MOUTHS = ['aa', 'ih', 'ou', 'ee', 'oh'] as const;
export type VrmMouth = (typeof VRM_MOUTHS)[number];

const SHARES: Readonly<Record<Viseme, Partial<Record<VrmMouth, number>>>> = {
  sil: {},
  PP: {},
  FF: { ih: 0.15 },
  TH: { aa: 0.12, ih: 0.18 },
  DD: { aa: 0.15, ih: 0.2 },
  kk: { aa: 0.25, ih: 0.1 },
  CH: { ou: 0.45, ih: 0.15 },
  SS: { ih: 0.35, ee: 0.1 },
  nn: { aa: 0.12, ih: 0.15 },
  RR: { ou: 0.4, aa: 0.1 },
  aa: { aa: 1 },
  E: { ee: 0.8, aa: 0.15 },
  I: { ih: 0.85 },
  O: { oh: 0.95 },
  U: { ou: 1 },
};

/** One row a viseme, one column a vowel. */
const TABLE: Float32Array = Float32Array.from(
  VISEMES.flatMap((viseme) => VRM_MOUTHS.map((mouth) => SHARES[viseme][mouth] ?? 0)),
);
const PP = VISEMES.indexOf('PP');

/** Works out the five mouths of a pose, in place. */
export function vrmMouths(pose: Pose, mouths: Float32Array): void {
  mouths.fill(0);
  for (let viseme = 0; viseme < VISEMES.length; viseme += 1) {
    const weight = pose[viseme] ?? 0;
    for (let mouth = 0; mouth < VRM_MOUTHS.length; mouth += 1) {
      mouths[mouth] = (mouths[mouth] ?? 0) + (TABLE[viseme * VRM_MOUTHS.length + mouth] ?? 0) * weight;
    }
  }
  // Lips that meet win over whatever opens them.
  const open = 1 - clamp(pose[PP] ?? 0, 0, 1);
  for (let mouth = 0; mouth < VRM_MOUTHS.length; mouth += 1) {
    mouths[mouth] = clamp((mouths[mouth] ?? 0) * open, 0, 1);
  }
}

/** How much of an expression may show while lips are busy: many avatars' expressions bring a mouth of their own. */
export function expressionShare(mouths: Float32Array): number {
  let busy = 0;
  // By index: an iterator would be made anew each frame.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of
  for (let mouth = 0; mouth < mouths.length; mouth += 1) busy += mouths[mouth] ?? 0;
  return 1 - 0.55 * clamp(busy, 0, 1);
}

/** Both lids: what blinks and what is half shut. */
export function lidShare(pose: Pose, eye: 0 | 1): number {
  return clamp((pose[AT.blinkLeft + eye] ?? 0) + 0.6 * (pose[AT.lidDroop] ?? 0), 0, 1);
}
