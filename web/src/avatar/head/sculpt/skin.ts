/**
 * The skin of the face: one sheet around the mouth, from deep inside it over the lips to the back of the head.
 *
 * Its rings are confocal ellipses about the line of the closed lips: a slit in the middle, circles far away. So the mouth
 * can open, and everything around it follows smoothly. A place is told by its ring and its angle, and moved by moving it
 * along the surface; where that leads is asked of the skull.
 */
import { clamp, smoothstep } from '../../motion/easing.ts';
import { entry, normalsOf, sheet } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { MIDDLE, surfaceAt } from './skull.ts';

/** How many corners the sheet has. */
export interface SkinGrid {
  readonly around: number;
  readonly rings: number;
}

const BAG_RINGS = 7;

/** Half of the mouth's width, as an angle seen from the middle of the head. */
export const HALF_MOUTH = 0.255;
const LAST_RING = 3.2;
/** Where the lips meet: this far down, as an angle. */
const MOUTH_PITCH = -0.43;
const UPPER_LIP = 0.235;
const LOWER_LIP = 0.3;

/** A place on the skin. */
export interface Place {
  /** Across and up from the mouth's middle, as angles. */
  px: number;
  py: number;
  /** Out of the surface. */
  rise: number;
  /** Into the mouth; 0 on the outside. */
  depth: number;
  readonly ring: number;
  readonly sin: number;
  readonly cos: number;
}

export function placeAt(index: number, { around, rings }: SkinGrid): Place {
  const row = Math.floor(index / around) - BAG_RINGS;
  const angle = (2 * Math.PI * (index % around)) / around;
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  if (row < 0) return bagPlace(-row / BAG_RINGS, sin, cos);
  const ring = (row / rings) * LAST_RING;
  return {
    px: HALF_MOUTH * Math.cosh(ring) * cos,
    py: HALF_MOUTH * Math.sinh(ring) * sin + 0.012 * bow(sin),
    rise: lipRise(ring, sin),
    depth: 0,
    ring,
    sin,
    cos,
  };
}

/** The line of the lips is not a ruler's: the upper lip comes down in the middle. */
function bow(sin: number): number {
  return -0.6 * sin ** 4;
}

/** Behind the lips; `share` is 0 at the lips and 1 at the back. */
function bagPlace(share: number, sin: number, cos: number): Place {
  const narrow = 1 - 0.35 * share ** 3;
  return {
    px: HALF_MOUTH * cos * narrow,
    py: 0.012 * bow(sin) + 0.1 * sin * smoothstep(0.1, 0.7, share) * (1 - smoothstep(0.75, 1, share)),
    rise: -0.008,
    depth: 0.42 * share ** 1.3,
    ring: 0,
    sin,
    cos,
  };
}

/** Where the red of the lips ends, on the side of `sin`; the upper one has its bow. */
export function lipEdge(sin: number, cos: number): number {
  if (sin < 0) return LOWER_LIP;
  return (
    UPPER_LIP -
    0.05 * Math.exp(-((cos / 0.12) ** 2)) +
    0.02 * Math.exp(-(((Math.abs(cos) - 0.24) / 0.14) ** 2))
  );
}

function lipRise(ring: number, sin: number): number {
  const edge = sin < 0 ? LOWER_LIP : UPPER_LIP;
  const share = clamp(ring / (edge * 1.25), 0, 1);
  const full = sin < 0 ? 0.052 : 0.04;
  const taper = Math.min(1, Math.abs(sin) * 1.6 + 0.12);
  const roll = Math.sin(Math.PI * Math.sqrt(share)) * full * taper;
  // The groove below the lower lip makes the lip stand out.
  const groove = sin < 0 ? 0.02 * Math.exp(-(((ring - edge * 1.75) / 0.16) ** 2)) * -sin : 0;
  return roll - groove - 0.008 * (1 - share);
}

const TILT_COS = Math.cos(MOUTH_PITCH);
const TILT_SIN = Math.sin(MOUTH_PITCH);

/** Puts the place in space, into `out` at `at`. */
export function locate(place: Place, out: Float32Array, at: number): void {
  const reach = Math.hypot(place.px, place.py);
  const sideways = reach < 1e-6 ? 1 : Math.sin(reach) / reach;
  const x = place.px * sideways;
  const up = place.py * sideways;
  const ahead = Math.cos(reach);
  const dy = up * TILT_COS + ahead * TILT_SIN;
  const dz = ahead * TILT_COS - up * TILT_SIN;
  const distance = surfaceAt(x, dy, dz) + place.rise;
  out[at] = MIDDLE[0] + x * distance;
  out[at + 1] = MIDDLE[1] + dy * distance;
  out[at + 2] = MIDDLE[2] + dz * distance - place.depth;
}

export function buildSkin(grid: SkinGrid): { readonly mesh: Mesh; readonly places: readonly Place[] } {
  const rows = grid.rings + BAG_RINGS;
  const places = Array.from({ length: (rows + 1) * grid.around }, (_, index) => placeAt(index, grid));
  const positions = new Float32Array(places.length * 3);
  const paint = new Float32Array(places.length * 4);
  places.forEach((place, index) => {
    locate(place, positions, index * 3);
    paintPlace(place, positions, paint, index);
  });
  const indices = sheet(grid.around, rows, true).reverse();
  return { mesh: { positions, paint, indices, normals: normalsOf(positions, indices) }, places };
}

function paintPlace(place: Place, positions: Float32Array, paint: Float32Array, index: number): void {
  const at = index * 4;
  paint[at + 3] = 1;
  if (place.depth > 0) {
    paint.set([entry('lips'), entry('inside'), smoothstep(0.005, 0.07, place.depth)], at);
    // Light does not reach far into a mouth.
    paint[at + 3] = 1 - 0.75 * smoothstep(0.02, 0.3, place.depth);
    return;
  }
  const edge = lipEdge(place.sin, place.cos);
  const red = 1 - smoothstep(edge * 0.72, edge * 1.12, place.ring);
  if (red > 0) {
    paint.set(
      [entry('skin'), entry('lips'), red * (0.35 + 0.65 * Math.min(1, Math.abs(place.sin) * 2.5))],
      at,
    );
    return;
  }
  paint.set([entry('skin'), entry('blush'), blushAt(positions, index * 3)], at);
}

function blushAt(positions: Float32Array, at: number): number {
  const x = Math.abs(positions[at] ?? 0);
  const y = positions[at + 1] ?? 0;
  const z = positions[at + 2] ?? 0;
  if (z < 0.2) return 0;
  const cheek = Math.exp(-(((x - 0.5) / 0.17) ** 2) - ((y + 0.26) / 0.13) ** 2);
  const nose = 0.5 * Math.exp(-((x / 0.11) ** 2) - ((y + 0.12) / 0.09) ** 2) * smoothstep(0.85, 0.95, z);
  const chin = 0.25 * Math.exp(-((x / 0.18) ** 2) - ((y + 0.72) / 0.12) ** 2);
  return clamp(0.72 * cheek + nose + chin, 0, 1);
}
