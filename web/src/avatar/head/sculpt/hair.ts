/** Hair, one solid a style: a cap with the face cut out of it, and strands laid on it. */
import type { HairStyle } from '../../looks.ts';
import { seededRandom } from '../../motion/random.ts';
import { carve, ellipsoid, join, limb, sphere, strand, twin } from './sdf.ts';
import type { Point, Solid } from './sdf.ts';

/** Furrows from the crown down, as a comb leaves them. */
function combed(solid: Solid, furrows: number, deep: number): Solid {
  return (x, y, z) => {
    const angle = Math.atan2(x, z + 0.15);
    return (
      solid(x, y, z) + deep * Math.sin(furrows * angle + 2.2 * y) * Math.min(1, Math.hypot(x, z + 0.15) * 1.4)
    );
  };
}

const face = ellipsoid([0, -0.34, 0.78], [0.71, 0.93, 0.74]);

function bob(): Solid {
  const cap = ellipsoid([0, 0.19, -0.07], [0.96, 0.9, 0.96]);
  const back = ellipsoid([0, -0.26, -0.28], [0.94, 0.74, 0.62]);
  const curtain = twin(
    strand(
      [
        [0.76, 0.5, 0.16],
        [1.08, -0.1, 0.26],
        [0.72, -0.74, 0.42],
      ],
      [0.2, 0.25, 0.08],
      8,
    ),
  );
  const behind = twin(
    strand(
      [
        [0.8, 0.3, -0.1],
        [1.12, -0.3, 0.02],
        [0.7, -0.86, 0.16],
      ],
      [0.24, 0.3, 0.12],
      8,
    ),
  );
  const shell = carve(0.1, join(0.26, cap, back, curtain, behind), face);
  const locks = [
    strand(
      [
        [0.26, 0.98, 0.36],
        [-0.4, 1.06, 0.72],
        [-0.86, 0.3, 0.46],
      ],
      [0.13, 0.22, 0.1],
      9,
    ),
    strand(
      [
        [0.26, 0.94, 0.44],
        [-0.22, 0.98, 0.92],
        [-0.76, 0.36, 0.66],
      ],
      [0.12, 0.19, 0.085],
      9,
    ),
    strand(
      [
        [0.28, 0.9, 0.5],
        [0.0, 0.86, 0.98],
        [-0.54, 0.48, 0.79],
      ],
      [0.1, 0.15, 0.075],
      9,
    ),
    strand(
      [
        [0.26, 0.98, 0.4],
        [0.7, 1.0, 0.6],
        [0.87, 0.3, 0.4],
      ],
      [0.12, 0.19, 0.1],
      8,
    ),
    strand(
      [
        [0.28, 0.92, 0.48],
        [0.56, 0.9, 0.8],
        [0.78, 0.42, 0.58],
      ],
      [0.1, 0.15, 0.065],
      8,
    ),
  ];
  return combed(join(0.14, shell, join(0.05, ...locks)), 26, 0.0065);
}

function buns(): Solid {
  const cap = carve(0.1, ellipsoid([0, 0.19, -0.08], [0.93, 0.89, 0.94]), face);
  const low = ellipsoid([0, -0.25, -0.42], [0.76, 0.55, 0.45]);
  const bun = twin(rolled([0.64, 0.99, -0.12], 0.32));
  const lock = twin(
    strand(
      [
        [0.74, 0.52, 0.34],
        [0.92, 0.0, 0.5],
        [0.72, -0.6, 0.5],
      ],
      [0.14, 0.12, 0.05],
      7,
    ),
  );
  const fringe = [-0.56, -0.4, -0.24, -0.08, 0.08, 0.24, 0.4, 0.56].map((x, index) =>
    strand(
      [
        [x * 0.5, 0.98, 0.4],
        [x * 1.1, 0.96, 0.82],
        [x * 1.16 + 0.02, 0.53 - 0.16 * x * x - 0.03 * (index % 2), 0.85 - 0.42 * x * x],
      ],
      [0.12, 0.135, 0.075],
      7,
    ),
  );
  return combed(join(0.12, join(0.14, cap, low), bun, lock, join(0.045, ...fringe)), 20, 0.005);
}

/** A ball of wound hair. */
function rolled([cx, cy, cz]: Point, radius: number): Solid {
  const ball = sphere([cx, cy, cz], radius);
  return (x, y, z) =>
    ball(x, y, z) + 0.014 * Math.sin(20 * Math.hypot(x - cx, z - cz) + 3 * Math.atan2(x - cx, z - cz));
}

function crop(): Solid {
  const cap = ellipsoid([0, 0.2, -0.09], [0.9, 0.86, 0.91]);
  const nape = ellipsoid([0, -0.78, 0.1], [1.6, 0.62, 1.05]);
  const cutFace = ellipsoid([0, -0.38, 0.8], [0.77, 0.93, 0.72]);
  const sides = carve(0.06, carve(0.08, cap, cutFace), nape);
  const burn = twin(limb([0.83, 0.22, 0.18], [0.815, -0.12, 0.2], 0.07, 0.035));
  const crown = ellipsoid([0, 0.68, -0.1], [0.74, 0.4, 0.78]);
  // Brushed up from the forehead and over to one side.
  const tufts = [-0.58, -0.41, -0.23, -0.04, 0.15, 0.34, 0.52].map((x, index) =>
    strand(
      [
        [x * 0.9 + 0.16, 0.95 - 0.4 * x * x, -0.3],
        [x * 1.02 + 0.14, 1.36 - 0.85 * x * x + 0.05 * (index % 2), 0.5],
        [x * 1.1 - 0.17, 0.74 - 0.42 * x * x - 0.03 * (index % 2), 0.83 - 0.45 * x * x],
      ],
      [0.14, 0.19, 0.06],
      8,
    ),
  );
  return combed(join(0.12, sides, burn, join(0.12, crown, join(0.11, ...tufts))), 24, 0.004);
}

function curls(): Solid {
  const random = seededRandom(7);
  const cap = carve(0.1, ellipsoid([0, 0.2, -0.08], [0.92, 0.88, 0.93]), face);
  const balls: Solid[] = [];
  const golden = Math.PI * (3 - Math.sqrt(5));
  for (let index = 0; index < 46; index += 1) {
    // Evenly over the upper part of a ball.
    const up = 1 - ((index + 0.5) / 46) * 1.35;
    const across = Math.sqrt(1 - up * up);
    const angle = golden * index;
    const [x, y, z] = [
      0.93 * across * Math.cos(angle),
      0.14 + 0.9 * up,
      -0.1 + 0.92 * across * Math.sin(angle),
    ];
    if (z > 0.28 && y < 0.58) continue;
    balls.push(sphere([x, y, z], 0.19 + 0.07 * random()));
  }
  return join(0.045, cap, ...balls);
}

const STYLES: Readonly<Record<HairStyle, () => Solid>> = { bob, buns, crop, curls };

export function hairOf(style: HairStyle): Solid {
  return STYLES[style]();
}

/** Ribbons and the like that go with a style; null for none. */
export function ornamentOf(style: HairStyle): Solid | null {
  if (style !== 'buns') return null;
  const ribbon = (x: number, y: number, z: number): number => {
    const [dx, dy, dz] = [x - 0.53, y - 0.83, z + 0.08];
    // A ring whose axis points from the head to the bun.
    const along = dx * 0.5 + dy * 0.86 - dz * 0.1;
    const across = Math.sqrt(Math.max(0, dx * dx + dy * dy + dz * dz - along * along));
    return Math.hypot(across - 0.24, along) - 0.055;
  };
  return twin(ribbon);
}
