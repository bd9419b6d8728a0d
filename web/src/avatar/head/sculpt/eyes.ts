/**
 * Balls, lids and lashes of one eye, around the eye's own middle; the scene shows each twice.
 *
 * A lid is a slice of a shell around the ball, hinged at its corners: a shut lid follows the ball, as a real one does.
 */
import { merged, painted, sheet, tube } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { EYE } from './skull.ts';

const SHELL = EYE.radius * 1.03;
const COLUMNS = 28;
const ROWS = 10;
/** How far the slice reaches back, in radians; what lies behind is in the head. */
const REACH = 1.9;

export function buildBall(): Mesh {
  const columns = 32;
  const rows = 24;
  const positions = new Float32Array((columns + 1) * (rows + 1) * 3);
  let at = 0;
  // From the front pole back, where the iris is and corners should be many.
  for (let row = 0; row <= rows; row += 1) {
    const polar = Math.PI * 0.72 * (row / rows);
    for (let column = 0; column <= columns; column += 1) {
      const angle = (2 * Math.PI * column) / columns;
      const across = Math.sin(polar) * EYE.radius;
      positions.set([across * Math.cos(angle), across * Math.sin(angle), Math.cos(polar) * EYE.radius], at);
      at += 3;
    }
  }
  const ball = painted(positions, flipped(sheet(columns, rows, false)), 'teeth');
  return { ...ball, normals: positions.map((value) => value / EYE.radius) };
}

function flipped(indices: Uint32Array): Uint32Array {
  return indices.slice().reverse();
}

/** The point of a lid `across` radians from its middle and `up` radians behind its edge. */
function onShell(across: number, up: number, radius: number): readonly [number, number, number] {
  return [
    radius * Math.sin(across),
    radius * Math.cos(across) * Math.sin(up),
    radius * Math.cos(across) * Math.cos(up),
  ];
}

function shell(): Mesh {
  const positions = new Float32Array((COLUMNS + 1) * (ROWS + 1) * 3);
  let at = 0;
  for (let row = 0; row <= ROWS; row += 1) {
    for (let column = 0; column <= COLUMNS; column += 1) {
      const across = Math.PI * (column / COLUMNS - 0.5) * 0.999;
      positions.set(onShell(across, REACH * (row / ROWS), SHELL), at);
      at += 3;
    }
  }
  const mesh = painted(positions, sheet(COLUMNS, ROWS, false), 'skin');
  return { ...mesh, normals: positions.map((value) => value / SHELL) };
}

function edge(thick: (share: number) => number, radius: number, up: number): ReturnType<typeof tube> {
  return tube((share) => onShell(Math.PI * (share - 0.5) * 0.98, up, radius), thick, {
    along: 30,
    around: 8,
  });
}

/** The upper lid with its lashes; the outer corner, where they may run out in a flick, is at positive x. */
export function buildUpperLid(hasFlick: boolean): Mesh {
  const rim = edge(() => 0.017, SHELL, 0.01);
  const lash = edge(
    (share) => 0.01 + 0.018 * Math.sin(Math.PI * share) * (0.5 + 0.5 * share),
    SHELL + 0.008,
    -0.02,
  );
  const lid = merged(
    shell(),
    painted(rim.positions, rim.indices, 'skin'),
    painted(lash.positions, lash.indices, 'brows'),
  );
  return hasFlick ? merged(lid, flick()) : lid;
}

/** Where the lashes' line leaves the eye. */
function flick(): Mesh {
  const from = onShell(Math.PI * 0.232, -0.01, SHELL + 0.004);
  const path = (share: number): readonly [number, number, number] => [
    from[0] + 0.085 * share,
    from[1] + 0.02 * share + 0.045 * share * share,
    from[2] + 0.02 * share - 0.03 * share * share,
  ];
  const { positions, indices } = tube(path, (share) => 0.024 * (1 - share) ** 0.8 + 0.003, {
    along: 8,
    around: 8,
  });
  return painted(positions, indices, 'brows');
}

/** The lower lid, turned over: it hangs where the upper one would stand. */
export function buildLowerLid(): Mesh {
  const rim = edge(() => 0.016, SHELL, 0.005);
  const whole = merged(shell(), painted(rim.positions, rim.indices, 'skin'));
  const over = (values: Float32Array): Float32Array =>
    values.map((value, index) => (index % 3 === 1 ? -value : value));
  return { ...whole, positions: over(whole.positions), normals: over(whole.normals) };
}
