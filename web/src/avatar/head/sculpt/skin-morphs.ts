/**
 * How the skin moves: one recipe for each movement, told as what it does to a place.
 *
 * Owns the recipes and turns them into differences of position and of normal, once.
 */
import { clamp, smoothstep } from '../../motion/easing.ts';
import { normalsOf } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { HALF_MOUTH, lipEdge, locate } from './skin.ts';
import type { Place } from './skin.ts';

export const SKIN_MORPHS = [
  'jaw',
  'wide',
  'pucker',
  'press',
  'tuck',
  'upperUp',
  'lowerDown',
  'smile',
  'frown',
  'side',
  'cheek',
  'squint',
  'browInner',
  'browDown',
  'firm',
] as const;
export type SkinMorph = (typeof SKIN_MORPHS)[number];

export interface Morph {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
}

/** Changes the place; reads it as it is at rest. */
type Recipe = (place: Place) => void;

function hill(value: number, middle: number, width: number): number {
  return Math.exp(-(((value - middle) / width) ** 2));
}

/** Near the mouth, of whatever size. */
function near(place: Place, width: number): number {
  return Math.exp(-((Math.hypot(place.px, place.py) / width) ** 2));
}

/** Around one corner of the mouth. */
function corner(place: Place): number {
  return hill(Math.abs(place.px), HALF_MOUTH, 0.17) * hill(place.py, 0, 0.17);
}

/** How much a bent mouth moves here: as a bow, nothing in the middle and most at the corners. */
function bow(place: Place): number {
  const along = Math.abs(place.px) / HALF_MOUTH;
  return Math.min(1, along) ** 2 * flank(place);
}

/** All of the mouth, and less and less of what is around it. */
function flank(place: Place): number {
  return hill(Math.max(0, Math.abs(place.px) - HALF_MOUTH), 0, 0.19) * hill(place.py, 0, 0.2);
}

/** How much lips and what hangs on them follow: all at the lips, nothing a finger's breadth away. */
function lips(place: Place, reach: number): number {
  return (
    Math.exp(-((place.ring / reach) ** 2)) *
    Math.abs(place.sin) ** 0.55 *
    (1 - smoothstep(0.1, 0.3, place.depth))
  );
}

/** -1 at the left corner of the mouth and beyond, 1 at the right one. */
function across(place: Place): number {
  return clamp(place.px / HALF_MOUTH, -1, 1);
}

const RECIPES: Readonly<Record<Exclude<SkinMorph, 'jaw'>, Recipe>> = {
  wide: (place) => {
    place.px += 0.085 * across(place) * near(place, 0.42);
    place.rise -= 0.012 * near(place, 0.3);
  },
  pucker: (place) => {
    const close = near(place, 0.36);
    const lip = near(place, 0.26);
    place.px *= 1 - 0.52 * close;
    place.py *= 1 + 0.55 * lip;
    place.rise += 0.1 * near(place, 0.27);
  },
  press: (place) => {
    const edge = lipEdge(place.sin, place.cos);
    const lip = 1 - smoothstep(edge * 0.9, edge * 2.2, place.ring);
    place.py *= 1 - 0.5 * lip;
    place.rise -= (0.75 * place.rise + 0.012) * lip;
    place.px *= 1 + 0.05 * lip;
  },
  tuck: (place) => {
    if (place.sin >= 0) return;
    const lip = lips(place, 0.42);
    place.py += 0.052 * lip;
    place.rise -= 0.062 * lip;
    place.depth += 0.02 * lip;
  },
  upperUp: (place) => {
    if (place.sin <= 0) return;
    place.py += 0.062 * lips(place, 0.5);
    place.rise += 0.006 * lips(place, 0.4);
  },
  lowerDown: (place) => {
    if (place.sin >= 0) return;
    place.py -= 0.066 * lips(place, 0.55);
  },
  smile: (place) => {
    const bend = bow(place);
    place.px += 0.085 * across(place) * flank(place);
    place.py += 0.125 * bend - 0.026 * near(place, 0.2);
    place.rise += 0.032 * hill(Math.abs(place.px), 0.45, 0.13) * hill(place.py, 0.2, 0.13);
    place.rise -= 0.018 * near(place, 0.3);
  },
  frown: (place) => {
    place.py -= 0.115 * bow(place) - 0.03 * near(place, 0.2);
    place.px -= 0.02 * across(place) * flank(place);
    place.rise += 0.012 * hill(Math.abs(place.px), 0.1, 0.15) * hill(place.py, -0.22, 0.1);
  },
  side: (place) => {
    place.px += 0.085 * near(place, 0.34);
    place.py += 0.05 * corner(place) * (place.px > 0 ? 1 : -0.3);
  },
  cheek: (place) => {
    const bulge = hill(Math.abs(place.px), 0.42, 0.15) * hill(place.py, 0.28, 0.12);
    place.rise += 0.05 * bulge;
    place.py += 0.02 * bulge;
  },
  squint: (place) => {
    const bulge = hill(Math.abs(place.px), 0.33, 0.16) * hill(place.py, 0.34, 0.07);
    place.rise += 0.03 * bulge;
    place.py += 0.025 * bulge;
  },
  browInner: (place) => {
    const lift = hill(place.px, 0, 0.28) * hill(place.py, 0.82, 0.16);
    place.rise += 0.012 * lift;
  },
  browDown: (place) => {
    const ridge = hill(Math.abs(place.px), 0.12, 0.09) * hill(place.py, 0.7, 0.1);
    place.rise += 0.03 * ridge;
    place.py -= 0.03 * ridge;
  },
  firm: (place) => {
    // A squarer jaw and a broader chin.
    const below = smoothstep(0.15, -0.2, place.py);
    const flank = hill(Math.abs(place.px), 0.62, 0.32) * below;
    const chin = hill(Math.abs(place.px), 0.16, 0.16) * hill(place.py, -0.38, 0.14);
    place.rise += 0.06 * flank * hill(place.py, -0.3, 0.35) + 0.045 * chin;
    if (place.ring < 0.5) place.py *= 1 - 0.16 * (1 - smoothstep(0.2, 0.5, place.ring));
  },
};

/** The jaw turns about an axis through the ears. */
const HINGE = { y: -0.12, z: -0.08, angle: 0.27 };

/** How much a place belongs to the lower jaw. */
function jawShare(place: Place): number {
  const power = 0.72 + 0.3 * smoothstep(0, 0.8, place.ring);
  const parted = 0.5 * Math.sign(place.sin) * Math.abs(place.sin) ** power;
  // At its back the mouth stays shut, or one would see into the head.
  const below = 0.5 - parted * (1 - smoothstep(0.16, 0.4, place.depth));
  const reach = Math.hypot(place.px, place.py);
  const behind = 1 - smoothstep(0.62, 1.35, reach);
  const above = 1 - smoothstep(0.1, 0.4, place.py);
  return below * behind * above;
}

function openJaw(place: Place, out: Float32Array, at: number): void {
  const share = jawShare(place);
  const angle = HINGE.angle * share;
  const y = (out[at + 1] ?? 0) - HINGE.y;
  const z = (out[at + 2] ?? 0) - HINGE.z;
  out[at + 1] = HINGE.y + y * Math.cos(angle) - z * Math.sin(angle);
  out[at + 2] = HINGE.z + z * Math.cos(angle) + y * Math.sin(angle);
  // Corners come in a little as the mouth opens.
  const pull = 0.1 * near(place, 0.34) * (1 - 0.4 * share);
  out[at] = (out[at] ?? 0) * (1 - pull);
}

/** Every movement of the skin, as differences to the mesh at rest. */
export function buildSkinMorphs(mesh: Mesh, places: readonly Place[]): ReadonlyMap<SkinMorph, Morph> {
  return new Map(SKIN_MORPHS.map((name) => [name, buildMorph(name, mesh, places)]));
}

const UNMOVED = 1e-5;

function buildMorph(name: SkinMorph, mesh: Mesh, places: readonly Place[]): Morph {
  const moved = mesh.positions.slice();
  places.forEach((place, index) => {
    if (name === 'jaw') {
      openJaw(place, moved, index * 3);
      return;
    }
    const changed = { ...place };
    RECIPES[name](changed);
    if (distance(place, changed) > UNMOVED) locate(changed, moved, index * 3);
  });
  const normals = normalsOf(moved, mesh.indices);
  return { positions: difference(moved, mesh.positions), normals: difference(normals, mesh.normals) };
}

function distance(a: Place, b: Place): number {
  return (
    Math.abs(a.px - b.px) + Math.abs(a.py - b.py) + Math.abs(a.rise - b.rise) + Math.abs(a.depth - b.depth)
  );
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, index) => value - (b[index] ?? 0));
}
