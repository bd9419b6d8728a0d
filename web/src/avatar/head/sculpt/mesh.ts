/**
 * A mesh before it is given to the graphics card: plain arrays.
 *
 * Owns how meshes are joined, mirrored and given normals. Paint is four numbers a corner: two entries of the palette, how
 * much of the second there is, and how much light reaches the place.
 */
export interface Mesh {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly paint: Float32Array;
  readonly indices: Uint32Array;
}

/** The palette's entries, by what they are the colour of. */
export const PALETTE = [
  'skin',
  'lips',
  'blush',
  'inside',
  'teeth',
  'tongue',
  'brows',
  'hair',
  'hairGlow',
  'top',
  'trim',
  'accent',
  'shade',
] as const;
export type Colour = (typeof PALETTE)[number];

export function entry(colour: Colour): number {
  return PALETTE.indexOf(colour);
}

/** A mesh of one colour. */
export function painted(positions: Float32Array, indices: Uint32Array, colour: Colour): Mesh {
  const paint = new Float32Array((positions.length / 3) * 4);
  for (let at = 0; at < paint.length; at += 4) {
    paint[at] = entry(colour);
    paint[at + 1] = entry(colour);
    paint[at + 3] = 1;
  }
  return { positions, indices, paint, normals: normalsOf(positions, indices) };
}

/** Normals that are the mean of the faces around each corner, larger faces counting more. */
export function normalsOf(positions: Float32Array, indices: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let at = 0; at < indices.length; at += 3) {
    addFace(
      positions,
      normals,
      (indices[at] ?? 0) * 3,
      (indices[at + 1] ?? 0) * 3,
      (indices[at + 2] ?? 0) * 3,
    );
  }
  for (let at = 0; at < normals.length; at += 3) normalise(normals, at);
  return normals;
}

// eslint-disable-next-line max-params -- three corners are three corners
function addFace(positions: Float32Array, normals: Float32Array, a: number, b: number, c: number): void {
  const read = (at: number): number => positions[at] ?? 0;
  const ux = read(b) - read(a);
  const uy = read(b + 1) - read(a + 1);
  const uz = read(b + 2) - read(a + 2);
  const vx = read(c) - read(a);
  const vy = read(c + 1) - read(a + 1);
  const vz = read(c + 2) - read(a + 2);
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  for (const at of [a, b, c]) {
    normals[at] = (normals[at] ?? 0) + nx;
    normals[at + 1] = (normals[at + 1] ?? 0) + ny;
    normals[at + 2] = (normals[at + 2] ?? 0) + nz;
  }
}

function normalise(vectors: Float32Array, at: number): void {
  const length = Math.hypot(vectors[at] ?? 0, vectors[at + 1] ?? 0, vectors[at + 2] ?? 0) || 1;
  for (let axis = 0; axis < 3; axis += 1) vectors[at + axis] = (vectors[at + axis] ?? 0) / length;
}

/** All in one, so that they are drawn in one go. */
export function merged(...meshes: readonly Mesh[]): Mesh {
  const indices: Uint32Array[] = [];
  let corners = 0;
  for (const mesh of meshes) {
    const offset = corners;
    indices.push(mesh.indices.map((index) => index + offset));
    corners += mesh.positions.length / 3;
  }
  return {
    positions: joined(meshes.map(({ positions }) => positions)),
    normals: joined(meshes.map(({ normals }) => normals)),
    paint: joined(meshes.map(({ paint }) => paint)),
    indices: Uint32Array.from(indices.flatMap((part) => [...part])),
  };
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same on the other side. */
export function mirrored(mesh: Mesh): Mesh {
  const flip = (values: Float32Array): Float32Array =>
    values.map((value, index) => (index % 3 === 0 ? -value : value));
  const indices = mesh.indices.slice();
  for (let at = 0; at < indices.length; at += 3) {
    const second = indices[at + 1] ?? 0;
    indices[at + 1] = indices[at + 2] ?? 0;
    indices[at + 2] = second;
  }
  return { positions: flip(mesh.positions), normals: flip(mesh.normals), paint: mesh.paint, indices };
}

/** A sheet of `columns` by `rows` cells over corners that run row by row; `isClosed` joins the last column to the first. */
export function sheet(columns: number, rows: number, isClosed: boolean): Uint32Array {
  const width = isClosed ? columns : columns + 1;
  const indices = new Uint32Array(columns * rows * 6);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const a = row * width + column;
      const b = row * width + ((column + 1) % width);
      indices.set([a, b, a + width, b, b + width, a + width], at);
      at += 6;
    }
  }
  return indices;
}

/** A line with a thickness: `path` and `radius` are asked along it, `around` corners each time. */
export function tube(
  path: (share: number) => readonly [number, number, number],
  radius: (share: number, angle: number) => number,
  { along, around }: { readonly along: number; readonly around: number },
): { readonly positions: Float32Array; readonly indices: Uint32Array } {
  const positions = new Float32Array((along + 1) * around * 3);
  let at = 0;
  for (let row = 0; row <= along; row += 1) {
    const share = row / along;
    const [x, y, z] = path(share);
    const [ax, ay, az] = path(Math.max(0, share - 0.01));
    const [bx, by, bz] = path(Math.min(1, share + 0.01));
    const length = Math.hypot(bx - ax, by - ay, bz - az) || 1;
    const tx = (bx - ax) / length;
    const ty = (by - ay) / length;
    const tz = (bz - az) / length;
    // Two directions across the line: one in the plane of z, one square to both.
    const flat = Math.hypot(ty, tx) || 1;
    const [ux, uy, uz] = [-ty / flat, tx / flat, 0];
    const [vx, vy, vz] = [ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux];
    for (let corner = 0; corner < around; corner += 1) {
      const angle = (2 * Math.PI * corner) / around;
      const reach = radius(share, angle);
      const c = Math.cos(angle) * reach;
      const s = Math.sin(angle) * reach;
      positions.set([x + ux * c + vx * s, y + uy * c + vy * s, z + uz * c + vz * s], at);
      at += 3;
    }
  }
  return { positions, indices: sheet(around, along, true) };
}
