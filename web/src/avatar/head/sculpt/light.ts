/**
 * How much of the sky each place sees, worked out once: dark where hair meets skin, under the chin, in the folds.
 *
 * Asked of the solids themselves: where there is less room in front of a place than there would be on open ground,
 * something stands in the light.
 */
import type { Mesh } from './mesh.ts';
import type { Solid } from './sdf.ts';

const STEPS = [0.04, 0.09, 0.18, 0.34] as const;
const WEIGHTS = [0.42, 0.28, 0.19, 0.11] as const;
const STRENGTH = 0.85;

/** Writes the light into the mesh's paint, darkening what is there. */
export function shade(mesh: Mesh, scene: Solid): void {
  const { positions, normals, paint } = mesh;
  for (let corner = 0; corner < positions.length / 3; corner += 1) {
    const at = corner * 3;
    let hidden = 0;
    for (let step = 0; step < STEPS.length; step += 1) {
      const reach = STEPS[step] ?? 0;
      const room = scene(
        (positions[at] ?? 0) + (normals[at] ?? 0) * reach,
        (positions[at + 1] ?? 0) + (normals[at + 1] ?? 0) * reach,
        (positions[at + 2] ?? 0) + (normals[at + 2] ?? 0) * reach,
      );
      hidden += (WEIGHTS[step] ?? 0) * Math.min(1, Math.max(0, (reach - room) / reach));
    }
    const place = corner * 4 + 3;
    paint[place] = (paint[place] ?? 1) * (1 - STRENGTH * Math.min(1, hidden));
  }
}
