/**
 * Turns a solid into a mesh: naive surface nets.
 *
 * One corner for each cell of a grid that the surface passes through, in the middle of its crossings, then moved onto the
 * surface itself; normals come from the solid, so that a coarse mesh is shaded as a fine one.
 */
import type { Colour, Mesh } from './mesh.ts';
import { entry } from './mesh.ts';
import type { Point, Solid } from './sdf.ts';

export interface NetOptions {
  readonly low: Point;
  readonly high: Point;
  readonly cell: number;
  readonly colour: Colour;
}

interface Grid {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly values: Float32Array;
}

const NORMAL_STEP = 0.006;

export function meshOf(solid: Solid, options: NetOptions): Mesh {
  const grid = sampled(solid, options);
  const { positions, places } = corners(grid, options);
  const indices = faces(grid, places);
  const normals = new Float32Array(positions.length);
  const slope = new Float32Array(3);
  for (let at = 0; at < positions.length; at += 3) {
    settle(solid, positions, at, slope);
    normals.set(slope, at);
  }
  const paint = new Float32Array((positions.length / 3) * 4);
  const colour = entry(options.colour);
  for (let at = 0; at < paint.length; at += 4) paint.set([colour, colour, 0, 1], at);
  return { positions, normals, paint, indices };
}

function sampled(solid: Solid, { low, high, cell }: NetOptions): Grid {
  const [nx, ny, nz] = [0, 1, 2].map((axis) => Math.ceil(((high[axis] ?? 0) - (low[axis] ?? 0)) / cell) + 1);
  const grid = { nx: nx ?? 1, ny: ny ?? 1, nz: nz ?? 1 };
  const values = new Float32Array(grid.nx * grid.ny * grid.nz);
  let at = 0;
  for (let z = 0; z < grid.nz; z += 1) {
    for (let y = 0; y < grid.ny; y += 1) {
      for (let x = 0; x < grid.nx; x += 1) {
        const value = solid(low[0] + x * cell, low[1] + y * cell, low[2] + z * cell);
        values[at] = value;
        at += 1;
        // Nothing can be nearer than the distance says: the points in between need not be asked.
        const skipped = Math.min(Math.floor((Math.abs(value) * SAFE) / cell) - 1, grid.nx - x - 1);
        for (let step = 0; step < skipped; step += 1) values[at + step] = value;
        if (skipped > 0) {
          at += skipped;
          x += skipped;
        }
      }
    }
  }
  return { ...grid, values };
}

/** Distances of joined and bent solids are a little off. */
const SAFE = 0.6;

const EDGES = [
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
  [0, 2],
  [1, 3],
  [4, 6],
  [5, 7],
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
] as const;

interface Corners {
  readonly positions: Float32Array;
  /** Which corner belongs to a cell; -1 for none. */
  readonly places: Int32Array;
}

function corners({ nx, ny, nz, values }: Grid, { low, cell }: NetOptions): Corners {
  const places = new Int32Array(nx * ny * nz).fill(-1);
  const positions: number[] = [];
  const steps = [0, 1, nx, nx + 1, nx * ny, nx * ny + 1, nx * ny + nx, nx * ny + nx + 1];
  const middle = new Float32Array(3);
  for (let z = 0; z < nz - 1; z += 1) {
    for (let y = 0; y < ny - 1; y += 1) {
      for (let x = 0; x < nx - 1; x += 1) {
        const cellAt = x + nx * (y + ny * z);
        if (!crossed(values, cellAt, steps, middle)) continue;
        places[cellAt] = positions.length / 3;
        const [mx = 0, my = 0, mz = 0] = middle;
        positions.push(low[0] + (x + mx) * cell, low[1] + (y + my) * cell, low[2] + (z + mz) * cell);
      }
    }
  }
  return { positions: Float32Array.from(positions), places };
}

/** Whether the surface passes through a cell; if so, the middle of its crossings is left in `middle`. */
function crossed(
  values: Float32Array,
  cellAt: number,
  steps: readonly number[],
  middle: Float32Array,
): boolean {
  const corner = (index: number): number => values[cellAt + (steps[index] ?? 0)] ?? 0;
  let crossings = 0;
  middle.fill(0);
  for (const [from, to] of EDGES) {
    const a = corner(from);
    const b = corner(to);
    if (a < 0 === b < 0) continue;
    crossings += 1;
    const share = a / (a - b);
    for (let axis = 0; axis < 3; axis += 1) {
      const start = (from >> axis) & 1;
      middle[axis] = (middle[axis] ?? 0) + start + (((to >> axis) & 1) - start) * share;
    }
  }
  for (let axis = 0; axis < 3; axis += 1) middle[axis] = (middle[axis] ?? 0) / crossings;
  return crossings > 0;
}

function faces({ nx, ny, values }: Grid, places: Int32Array): Uint32Array {
  const indices: number[] = [];
  const strides = [1, nx, nx * ny] as const;
  const quad = (at: number, axis: 0 | 1 | 2, isInside: boolean): void => {
    const u = strides[(axis + 1) % 3] ?? 1;
    const v = strides[(axis + 2) % 3] ?? 1;
    const around = [at - u - v, at - v, at, at - u].map((place) => places[place] ?? -1);
    const [a = 0, b = 0, c = 0, d = 0] = around;
    if (around.some((corner) => corner < 0)) return;
    if (isInside) indices.push(a, b, c, a, c, d);
    else indices.push(a, c, b, a, d, c);
  };
  for (let at = nx * ny; at < values.length - nx * ny; at += 1) {
    const isInside = (values[at] ?? 0) < 0;
    for (const axis of [0, 1, 2] as const) {
      if ((values[at + strides[axis]] ?? 0) < 0 !== isInside) quad(at, axis, isInside);
    }
  }
  return Uint32Array.from(indices);
}

/** Moves one corner onto the surface, and leaves the surface's slope there in `slope`. */
function settle(solid: Solid, positions: Float32Array, at: number, slope: Float32Array): void {
  const x = positions[at] ?? 0;
  const y = positions[at + 1] ?? 0;
  const z = positions[at + 2] ?? 0;
  slopeAt(solid, [x, y, z], slope);
  const value = solid(x, y, z);
  positions[at] = x - (slope[0] ?? 0) * value * 0.9;
  positions[at + 1] = y - (slope[1] ?? 0) * value * 0.9;
  positions[at + 2] = z - (slope[2] ?? 0) * value * 0.9;
}

/** Which way is out, as a vector of length 1. */
export function slopeAt(solid: Solid, [x, y, z]: Point, slope: Float32Array): void {
  const e = NORMAL_STEP;
  const dx = solid(x + e, y, z) - solid(x - e, y, z);
  const dy = solid(x, y + e, z) - solid(x, y - e, z);
  const dz = solid(x, y, z + e) - solid(x, y, z - e);
  const length = Math.hypot(dx, dy, dz) || 1;
  slope[0] = dx / length;
  slope[1] = dy / length;
  slope[2] = dz / length;
}
