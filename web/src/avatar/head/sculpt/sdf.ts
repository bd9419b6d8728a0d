/**
 * Solids as distances: each is a function that says how far a point is from its surface, negative inside.
 *
 * Solids join softly, as clay does; that is what makes the head look modelled and not assembled.
 */
export type Solid = (x: number, y: number, z: number) => number;
export type Point = readonly [x: number, y: number, z: number];

export function sphere([cx, cy, cz]: Point, radius: number): Solid {
  return (x, y, z) => Math.hypot(x - cx, y - cy, z - cz) - radius;
}

/** Not an exact distance away from the surface, and close enough to march on. */
export function ellipsoid([cx, cy, cz]: Point, [rx, ry, rz]: Point): Solid {
  return (x, y, z) => {
    const px = (x - cx) / rx;
    const py = (y - cy) / ry;
    const pz = (z - cz) / rz;
    const near = Math.sqrt(px * px + py * py + pz * pz);
    const far = Math.sqrt((px / rx) ** 2 + (py / ry) ** 2 + (pz / rz) ** 2);
    return far < 1e-9 ? -Math.min(rx, ry, rz) : (near * (near - 1)) / far;
  };
}

/** A line with a radius at each end: finger, strand of hair, arm. */
export function limb(from: Point, to: Point, radius: number, endRadius: number = radius): Solid {
  const [ax, ay, az] = from;
  const bx = to[0] - ax;
  const by = to[1] - ay;
  const bz = to[2] - az;
  const length = bx * bx + by * by + bz * bz;
  return (x, y, z) => {
    const px = x - ax;
    const py = y - ay;
    const pz = z - az;
    const share = Math.min(1, Math.max(0, (px * bx + py * by + pz * bz) / length));
    const thick = radius + (endRadius - radius) * share;
    return Math.hypot(px - bx * share, py - by * share, pz - bz * share) - thick;
  };
}

/** A strand along a bent line through three points. */
export function strand(points: readonly [Point, Point, Point], radii: Point, pieces = 5): Solid {
  const [a, b, c] = points;
  const at = (share: number): Point => {
    const p = (1 - share) ** 2;
    const q = 2 * share * (1 - share);
    const r = share ** 2;
    return [p * a[0] + q * b[0] + r * c[0], p * a[1] + q * b[1] + r * c[1], p * a[2] + q * b[2] + r * c[2]];
  };
  const thick = (share: number): number =>
    (1 - share) ** 2 * radii[0] + 2 * share * (1 - share) * radii[1] + share ** 2 * radii[2];
  const limbs = Array.from({ length: pieces }, (_, index) => {
    const from = index / pieces;
    const to = (index + 1) / pieces;
    return limb(at(from), at(to), thick(from), thick(to));
  });
  return (x, y, z) => {
    let nearest = Infinity;
    for (const part of limbs) nearest = Math.min(nearest, part(x, y, z));
    return nearest;
  };
}

/** A ring around the y axis. */
export function ring([cx, cy, cz]: Point, radius: number, thick: number): Solid {
  return (x, y, z) => Math.hypot(Math.hypot(x - cx, z - cz) - radius, y - cy) - thick;
}

/** The nearer of two distances, with a seam of `soft` rounded off. */
export function joinValue(a: number, b: number, soft: number): number {
  const share = Math.max(soft - Math.abs(a - b), 0) / soft;
  return Math.min(a, b) - share * share * soft * 0.25;
}

export function join(soft: number, ...solids: readonly Solid[]): Solid {
  return (x, y, z) => {
    // Far away rather than infinitely so: infinite distances have no difference.
    let value = 1e3;
    for (const solid of solids) value = joinValue(value, solid(x, y, z), soft);
    return value;
  };
}

/** `from` without `what`. */
export function carve(soft: number, from: Solid, what: Solid): Solid {
  return (x, y, z) => -joinValue(-from(x, y, z), what(x, y, z), soft);
}

/** Both sides alike: the solid is given for x >= 0. */
export function twin(solid: Solid): Solid {
  return (x, y, z) => solid(Math.abs(x), y, z);
}

export function moved(solid: Solid, [dx, dy, dz]: Point): Solid {
  return (x, y, z) => solid(x - dx, y - dy, z - dz);
}
