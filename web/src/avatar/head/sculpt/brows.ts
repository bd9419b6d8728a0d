/** The brows: two soft bars that ride on the forehead, with their own ways of moving. */
import { clamp, smoothstep } from '../../motion/easing.ts';
import { merged, painted, tube } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import type { Morph } from './skin-morphs.ts';
import { MIDDLE, surfaceAt } from './skull.ts';

export const BROW_MORPHS = ['browInner', 'browDown', 'browLeft', 'browRight', 'firm'] as const;
export type BrowMorph = (typeof BROW_MORPHS)[number];

type Shift = (side: number, share: number) => { readonly dx: number; readonly dy: number };

const SHIFTS: Readonly<Record<Exclude<BrowMorph, 'firm'>, Shift>> = {
  browInner: (side, share) => ({ dx: side * 0.012 * (1 - share), dy: 0.1 * (1 - share) ** 1.2 }),
  browDown: (side, share) => ({ dx: -side * 0.045 * (1 - share), dy: -0.085 * (1 - 0.65 * share) }),
  browLeft: (side, share) => ({ dx: 0, dy: side < 0 ? lift(share) : 0 }),
  browRight: (side, share) => ({ dx: 0, dy: side > 0 ? lift(share) : 0 }),
};

function lift(share: number): number {
  return 0.035 + 0.085 * smoothstep(0, 0.55, share);
}

const SIZE = { along: 18, around: 10 };
const SIDES = [-1, 1] as const;

export function buildBrows(): { readonly mesh: Mesh; readonly morphs: ReadonlyMap<BrowMorph, Morph> } {
  const mesh = browPair(() => ({ dx: 0, dy: 0 }), 1);
  const morphs = new Map<BrowMorph, Morph>();
  for (const name of BROW_MORPHS) {
    const moved = name === 'firm' ? browPair(() => ({ dx: 0, dy: -0.02 }), 1.4) : browPair(SHIFTS[name], 1);
    morphs.set(name, {
      positions: moved.positions.map((value, index) => value - (mesh.positions[index] ?? 0)),
      normals: moved.normals.map((value, index) => value - (mesh.normals[index] ?? 0)),
    });
  }
  return { mesh, morphs };
}

function browPair(shift: Shift, weight: number): Mesh {
  const brows = SIDES.map((side) => {
    const { positions, indices } = tube(
      (share) => browAt(side, share, shift),
      (share, angle) => weight * thickness(share) * (1 - 0.35 * Math.abs(Math.sin(angle))),
      SIZE,
    );
    return painted(positions, indices, 'brows');
  });
  return merged(...brows);
}

function thickness(share: number): number {
  const body = 0.016 + 0.021 * Math.sin(Math.PI * clamp(share * 0.72 + 0.2, 0, 1));
  return body * smoothstep(-0.05, 0.08, share) * (1 - smoothstep(0.72, 1.02, share) * 0.85);
}

function browAt(side: number, share: number, shift: Shift): readonly [number, number, number] {
  const { dx, dy } = shift(side, share);
  const x = side * (0.15 + 0.42 * share) + dx;
  const y = 0.385 + 0.1 * Math.sin(Math.PI * (0.08 + 0.74 * share)) - 0.035 * share + dy;
  const toX = x - MIDDLE[0];
  const toY = y - MIDDLE[1];
  const toZ = 0.79 - 0.28 * share * share - MIDDLE[2];
  const length = Math.hypot(toX, toY, toZ);
  const distance = surfaceAt(toX / length, toY / length, toZ / length) + 0.012;
  return [
    MIDDLE[0] + (toX / length) * distance,
    MIDDLE[1] + (toY / length) * distance,
    MIDDLE[2] + (toZ / length) * distance,
  ];
}
