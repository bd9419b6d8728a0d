/**
 * The head's form without hair, as a solid, and where its surface lies in each direction.
 *
 * Units: the head is about two high; x is to the viewer's right, y up, z towards the viewer; the middle of the head is the
 * origin. Proportions are a child's rather than a grown-up's: a high forehead, eyes at half height, a small chin.
 */
import { carve, ellipsoid, join, joinValue, limb, sphere, twin } from './sdf.ts';
import type { Point, Solid } from './sdf.ts';

/** Where the right eye's ball is (the left is its twin), and how large. */
export const EYE = { x: 0.312, y: 0.015, z: 0.53, radius: 0.3 } as const;

const cranium = ellipsoid([0, 0.15, -0.03], [0.86, 0.83, 0.87]);
const jaw = ellipsoid([0, -0.34, 0.16], [0.63, 0.5, 0.62]);
const chin = sphere([0, -0.7, 0.46], 0.17);
const cheek = twin(sphere([0.4, -0.27, 0.49], 0.27));
const noseTip = ellipsoid([0, -0.135, 0.925], [0.082, 0.07, 0.08]);
const noseWings = twin(sphere([0.06, -0.153, 0.872], 0.046));
const noseBridge = limb([0, 0.12, 0.77], [0, -0.1, 0.9], 0.05, 0.055);
const socket = twin(ellipsoid([EYE.x - 0.005, EYE.y + 0.02, 0.98], [0.24, 0.23, 0.185]));

/** The outer rim of the sockets: without it eyes would stand out at the temples. */
const rim = twin(ellipsoid([EYE.x + 0.14, EYE.y - 0.015, EYE.z - 0.06], [0.23, 0.25, 0.26]));

const bulk = join(0.3, cranium, jaw, chin);
const withCheeks = join(0.22, bulk, cheek);
const withSockets = carve(0.16, join(0.12, withCheeks, rim), socket);
const nose = join(0.06, noseTip, noseWings);

export const skull: Solid = (x, y, z) => {
  const face = joinValue(withSockets(x, y, z), noseBridge(x, y, z), 0.16);
  return joinValue(face, nose(x, y, z), 0.075);
};

/** Rays start here; the head is star-shaped as seen from it. */
export const MIDDLE: Point = [0, -0.06, 0.02];

const FARTHEST = 1.6;
const STEPS = 28;
const CLOSE_ENOUGH = 0.0004;

/** How far the surface is from the middle in a direction of length 1; `guess` saves steps. */
export function surfaceAt(dx: number, dy: number, dz: number, guess: number = FARTHEST): number {
  let distance = guess;
  for (let step = 0; step < STEPS; step += 1) {
    const value = skull(MIDDLE[0] + dx * distance, MIDDLE[1] + dy * distance, MIDDLE[2] + dz * distance);
    distance -= value * 0.85;
    if (Math.abs(value) < CLOSE_ENOUGH) break;
  }
  return distance;
}
