import { describe, expect, it } from 'vitest';

import { at, createMouth, createPose, shapeMouth } from '../motion/index.ts';
import { ExpressionBlend } from '../motion/expressions.ts';
import { set } from '../motion/pose.ts';
import type { Channel, Expression, Pose } from '../motion/index.ts';
import { Pace } from './pace.ts';
import { faceInfluences, lidsOf, lidTilt } from './rig.ts';
import { normalsOf } from './sculpt/mesh.ts';
import { sphere } from './sculpt/sdf.ts';
import { FACE_MORPHS, sculptureOf } from './sculpt/sculpture.ts';
import { MIDDLE, skull, surfaceAt } from './sculpt/skull.ts';
import { meshOf } from './sculpt/surface-net.ts';

function posed(channels: Partial<Record<Channel, number>>): Pose {
  const pose = createPose();
  for (const [name, value] of Object.entries(channels)) set(pose, name as Channel, value);
  return pose;
}

describe('surface nets', () => {
  it('should find a ball where it is, with its outside outside', () => {
    const ball = meshOf(sphere([0.2, 0, 0], 0.5), {
      low: [-1, -1, -1],
      high: [1, 1, 1],
      cell: 0.1,
      colour: 'skin',
    });
    expect(ball.positions.length / 3).toBeGreaterThan(200);
    const byFaces = normalsOf(ball.positions, ball.indices);
    for (let corner = 0; corner < ball.positions.length; corner += 3) {
      const [x = 0, y = 0, z = 0] = ball.positions.subarray(corner, corner + 3);
      expect(Math.hypot(x - 0.2, y, z)).toBeCloseTo(0.5, 2);
      const [nx = 0, ny = 0, nz = 0] = byFaces.subarray(corner, corner + 3);
      expect(((x - 0.2) * nx + y * ny + z * nz) / 0.5).toBeGreaterThan(0.9);
    }
  });
});

describe('the skull', () => {
  it('should be met by a ray in every direction', () => {
    for (let index = 0; index < 200; index += 1) {
      const up = 1 - (2 * (index + 0.5)) / 200;
      const across = Math.sqrt(1 - up * up);
      const [x, z] = [across * Math.cos(index * 2.4), across * Math.sin(index * 2.4)];
      const far = surfaceAt(x, up, z);
      expect(Math.abs(skull(MIDDLE[0] + x * far, MIDDLE[1] + up * far, MIDDLE[2] + z * far))).toBeLessThan(
        0.01,
      );
    }
  });
});

describe('the sculpture', () => {
  it('should be made once, and have a movement for each name', async () => {
    const sculpture = await sculptureOf('bob', 'light');
    expect(await sculptureOf('bob', 'light')).toBe(sculpture);
    expect(sculpture.morphs).toHaveLength(FACE_MORPHS.length);
    for (const [index, morph] of sculpture.morphs.entries()) {
      const most = morph.positions.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
      expect([FACE_MORPHS[index], most > 0.01 && most < 0.4]).toEqual([FACE_MORPHS[index], true]);
    }
    expect(sculpture.face.positions.every(Number.isFinite)).toBe(true);
    expect(sculpture.hair.positions.every(Number.isFinite)).toBe(true);
  }, 20_000);
});

describe('the rig', () => {
  const influenceOf = (name: (typeof FACE_MORPHS)[number], pose: Pose): number => {
    const mouth = createMouth();
    shapeMouth(pose, mouth);
    const influences = FACE_MORPHS.map(() => 0);
    faceInfluences(pose, mouth, 0.3, influences);
    return influences[FACE_MORPHS.indexOf(name)] ?? 0;
  };

  it('should open the jaw for a vowel and raise brows on their own side', () => {
    expect(influenceOf('jaw', posed({ aa: 1 }))).toBe(1);
    expect(influenceOf('browLeft', posed({ browLeft: 0.7 }))).toBeCloseTo(0.7);
    expect(influenceOf('browRight', posed({ browLeft: 0.7 }))).toBe(0);
    expect(influenceOf('firm', posed({}))).toBe(0.3);
  });

  it('should shut the eyes in a blink, however wide they were', () => {
    const lids = new Float32Array(4);
    for (const pose of [posed({ blinkLeft: 1 }), posed({ blinkLeft: 1, lidWide: 1 })]) {
      lidsOf(pose, lids);
      expect((lids[0] ?? 0) + (lids[2] ?? 0)).toBeLessThan(0);
      expect((lids[1] ?? 0) + (lids[3] ?? 0)).toBeGreaterThan(1);
      expect(at(pose, 'blinkRight')).toBe(0);
    }
  });

  it('should draw the lids up inside for worry and down for anger, and leave them level else', () => {
    const tiltOf = (name: Expression): number => {
      const pose = createPose();
      const blend = new ExpressionBlend();
      for (let frame = 0; frame < 120; frame += 1) {
        pose.fill(0);
        blend.apply(pose, name, 1, 1 / 60);
      }
      return lidTilt(pose);
    };
    expect(tiltOf('sadness')).toBeGreaterThan(0.12);
    expect(tiltOf('anger')).toBeLessThan(-0.12);
    for (const name of ['joy', 'surprise', 'relaxed'] as const)
      expect(Math.abs(tiltOf(name))).toBeLessThan(0.04);
  });
});

describe('the pace', () => {
  const run = (pace: Pace, gapMs: number, from = 0): number => {
    let changes = 0;
    for (let frame = 0; frame < 200; frame += 1) if (pace.frame(from + frame * gapMs)) changes += 1;
    return changes;
  };

  it('should leave a picture alone that comes in time', () => {
    const pace = new Pace({ isSoftware: false, deviceRatio: 2 });
    expect(run(pace, 16.7)).toBe(0);
    expect(pace.ratio).toBe(2);
  });

  it('should draw coarser, step by step, where frames come late', () => {
    const pace = new Pace({ isSoftware: false, deviceRatio: 2 });
    expect(run(pace, 40)).toBeGreaterThan(2);
    expect(pace.ratio).toBeLessThan(1);
    expect(pace.ratio).toBeGreaterThanOrEqual(0.5);
  });

  it('should try a finer picture again when the machine has been at ease for long, and less often each time', () => {
    const pace = new Pace({ isSoftware: false, deviceRatio: 1 });
    let nowMs = 0;
    const draw = (frames: number, gapMs: number): void => {
      for (let frame = 0; frame < frames; frame += 1) {
        nowMs += gapMs;
        pace.frame(nowMs);
      }
    };
    draw(81, 40);
    const coarse = pace.ratio;
    draw(160, 16.7);
    expect(pace.ratio).toBe(coarse);
    draw(160, 16.7);
    expect(pace.ratio).toBeGreaterThan(coarse);
    draw(80, 40);
    const again = pace.ratio;
    draw(400, 16.7);
    expect(pace.ratio).toBe(again);
  });

  it('should ask a processor for half the frames', () => {
    const pace = new Pace({ isSoftware: true, deviceRatio: 2 });
    expect(pace.ratio).toBe(1);
    expect(run(pace, 34)).toBe(0);
  });

  it('should leave a processor to the answer while it is waited for', () => {
    const pace = new Pace({ isSoftware: true, deviceRatio: 1 });
    const speaking = pace.intervalMs;
    pace.isWaitedFor = true;
    expect(pace.intervalMs).toBeCloseTo(2 * speaking);
    expect(run(pace, 67)).toBe(0);
    pace.isWaitedFor = false;
    expect(run(pace, 67)).toBeGreaterThan(0);
  });

  it('should not take a pause for slowness', () => {
    const pace = new Pace({ isSoftware: false, deviceRatio: 1 });
    expect(run(pace, 2000)).toBe(0);
  });
});
