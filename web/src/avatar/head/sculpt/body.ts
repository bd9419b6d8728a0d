/** What is not the face, as solids: ears, neck, clothes, and the hand that waves. */
import { carve, ellipsoid, join, limb, ring, sphere, twin } from './sdf.ts';
import type { Solid } from './sdf.ts';

const earOuter = ellipsoid([0.86, -0.06, -0.02], [0.085, 0.19, 0.135]);
const earHollow = ellipsoid([0.935, -0.03, 0.02], [0.05, 0.115, 0.075]);
const earLobe = sphere([0.84, -0.22, 0.01], 0.062);
export const ears: Solid = twin(carve(0.05, join(0.07, earOuter, earLobe), earHollow));

export const neck: Solid = limb([0, -0.5, -0.1], [0, -1.4, -0.16], 0.25, 0.29);

const chest = ellipsoid([0, -2.2, -0.16], [0.98, 1.02, 0.56]);
const shoulders = limb([-0.74, -1.68, -0.2], [0.74, -1.68, -0.2], 0.27);
export const shirt: Solid = join(0.32, chest, shoulders);

export const collar: Solid = ring([0, -1.235, -0.15], 0.335, 0.085);

/** The right hand as the viewer sees it, open, its wrist at the origin, the palm towards the viewer. */
const palm = ellipsoid([0, 0.2, 0], [0.165, 0.18, 0.085]);
const fingers = [
  limb([-0.1, 0.3, 0], [-0.19, 0.57, 0.01], 0.055, 0.047),
  limb([-0.03, 0.33, 0], [-0.06, 0.66, 0.01], 0.058, 0.048),
  limb([0.045, 0.33, 0], [0.075, 0.64, 0.01], 0.057, 0.047),
  limb([0.11, 0.29, 0], [0.2, 0.53, 0.01], 0.052, 0.044),
];
const thumb = limb([-0.1, 0.13, 0.03], [-0.3, 0.32, 0.05], 0.06, 0.05);
export const hand: Solid = join(0.05, palm, ...fingers, thumb, limb([0, -0.2, 0], [0, 0.1, 0], 0.095, 0.105));

export const sleeve: Solid = limb([0, -1.3, -0.05], [0, -0.2, 0], 0.24, 0.155);
export const cuff: Solid = ring([0, -0.11, 0], 0.125, 0.05);
