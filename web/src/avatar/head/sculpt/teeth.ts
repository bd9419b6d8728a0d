/** A row of teeth, shown twice, and the tongue. */
import { normalsOf, painted, sheet } from './mesh.ts';
import type { Mesh } from './mesh.ts';

const COLUMNS = 40;
const ROWS = 8;
const TEETH = 8;

/** Upper teeth around their own middle; turned over they are the lower ones. */
export function buildTeeth(): Mesh {
  const positions = new Float32Array((COLUMNS + 1) * (ROWS + 1) * 3);
  let at = 0;
  for (let row = 0; row <= ROWS; row += 1) {
    const share = row / ROWS;
    // From the gum in front, round the edge, and up again behind.
    const turn = Math.PI * (share * 1.25 - 0.1);
    for (let column = 0; column <= COLUMNS; column += 1) {
      const angle = 1.25 * ((column / COLUMNS) * 2 - 1);
      const gap = Math.abs(Math.sin((column / COLUMNS) * TEETH * Math.PI)) ** 0.35;
      const radius = 0.2 + 0.026 * Math.cos(turn) + 0.003 * gap;
      const down = 0.075 * Math.sin(turn) * (0.95 + 0.05 * gap) * (1 - 0.14 * Math.abs(angle));
      positions.set(
        [
          radius * 1.02 * Math.sin(angle),
          0.03 - down + 0.022 * angle * angle,
          radius * Math.cos(angle) - 0.2,
        ],
        at,
      );
      at += 3;
    }
  }
  return painted(positions, sheet(COLUMNS, ROWS, false).reverse(), 'teeth');
}

export function buildTongue(): Mesh {
  const columns = 20;
  const rows = 14;
  const positions = new Float32Array((columns + 1) * (rows + 1) * 3);
  let at = 0;
  for (let row = 0; row <= rows; row += 1) {
    const polar = (Math.PI * row) / rows;
    for (let column = 0; column <= columns; column += 1) {
      const angle = (2 * Math.PI * column) / columns;
      const x = Math.sin(polar) * Math.cos(angle);
      const y = Math.sin(polar) * Math.sin(angle);
      const z = Math.cos(polar);
      const groove = y > 0 ? 0.018 * Math.exp(-((x / 0.25) ** 2)) : 0;
      positions.set([0.155 * x, 0.055 * y - groove, 0.2 * z], at);
      at += 3;
    }
  }
  const indices = sheet(columns, rows, false).reverse();
  return { ...painted(positions, indices, 'tongue'), normals: normalsOf(positions, indices) };
}
