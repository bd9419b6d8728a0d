/** A pair of glasses: round lenses, a bridge, temples to the ears. */
import { merged, mirrored, painted, tube } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { EYE } from './skull.ts';

const LENS = 0.275;
const AHEAD = 0.955;
const WIRE = 0.019;

type Path = (share: number) => readonly [number, number, number];

const lens: Path = (share) => {
  const angle = 2 * Math.PI * share;
  return [EYE.x + LENS * Math.cos(angle), EYE.y + LENS * Math.sin(angle), AHEAD - 0.05 * Math.cos(angle)];
};

const temple: Path = (share) => [
  EYE.x + LENS + 0.31 * share ** 0.45,
  EYE.y + 0.05 - 0.02 * share,
  AHEAD - 0.07 - 0.85 * share,
];

const bridge: Path = (share) => {
  const across = (share * 2 - 1) * (EYE.x - LENS + 0.012);
  return [across, EYE.y + 0.07 - 0.6 * across * across * 4, AHEAD + 0.05 - across * across * 3];
};

export function buildGlasses(): Mesh {
  const wire = (path: Path, along: number): Mesh => {
    const { positions, indices } = tube(path, () => WIRE, { along, around: 8 });
    return painted(positions, indices, 'accent');
  };
  const side = merged(wire(lens, 40), wire(temple, 12));
  return merged(side, mirrored(side), wire(bridge, 10));
}
