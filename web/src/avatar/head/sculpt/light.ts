/**
 * How much of the sky each place sees, worked out once: dark where hair meets skin, under the chin, in the folds.
 *
 * Asked of the solids themselves: where there is less room in front of a place than there would be on open ground,
 * something stands in the light.
 */
import { clamp } from '../../motion/easing.ts';
import type { Mesh } from './mesh.ts';
import type { Solid } from './sdf.ts';

const STEPS = [0.04, 0.09, 0.18, 0.34] as const;
const WEIGHTS = [0.42, 0.28, 0.19, 0.11] as const;
const STRENGTH = 0.85;

/** Writes the light into the mesh's paint, darkening what is there. */
export function shade({ positions, normals, paint }: Mesh, scene: Solid): void {
  const read = (values: Float32Array, at: number): number => values[at] ?? 0;
  for (let corner = 0; corner < positions.length / 3; corner += 1) {
    const at = corner * 3;
    let hidden = 0;
    STEPS.forEach((reach, step) => {
      const room = scene(
        read(positions, at) + read(normals, at) * reach,
        read(positions, at + 1) + read(normals, at + 1) * reach,
        read(positions, at + 2) + read(normals, at + 2) * reach,
      );
      hidden += (WEIGHTS[step] ?? 0) * clamp((reach - room) / reach, 0, 1);
    });
    const place = corner * 4 + 3;
    paint[place] = read(paint, place) * (1 - STRENGTH * clamp(hidden, 0, 1));
  }
}
