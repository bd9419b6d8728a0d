import { describe, expect, it } from 'vitest';

import { VISEMES } from '../feed.ts';
import type { Viseme } from '../feed.ts';
import { loudnessOf, measureBands, visemesOf } from './lips.ts';
import { createMouth, MOUTH_AT, shapeMouth } from './mouth.ts';
import type { Mouth, MouthPart } from './mouth.ts';
import { createPose, set } from './pose.ts';
import type { Channel } from './pose.ts';

function tone(hz: number, level: number): Float32Array {
  return Float32Array.from(
    { length: 512 },
    (_, index) => level * Math.sin((2 * Math.PI * hz * index) / 48_000),
  );
}

function heard(samples: Float32Array): Viseme {
  const bands = new Float32Array(4);
  const goal = new Float32Array(VISEMES.length);
  measureBands(samples, bands);
  visemesOf(bands, loudnessOf(samples), goal);
  return VISEMES[goal.indexOf(Math.max(...goal))] ?? 'sil';
}

function mouthOf(channels: Partial<Record<Channel, number>>): Mouth {
  const pose = createPose();
  for (const [name, value] of Object.entries(channels)) set(pose, name as Channel, value);
  const mouth = createMouth();
  shapeMouth(pose, mouth);
  return mouth;
}

function part(mouth: Mouth, name: MouthPart): number {
  return mouth[MOUTH_AT[name]] ?? 0;
}

describe('lips that listen', () => {
  it.each([
    [300, 'U'],
    [800, 'aa'],
    [2200, 'I'],
    [5500, 'SS'],
  ] as const)('should take sound at %d Hz for %s', (hz, viseme) => {
    expect(heard(tone(hz, 0.3))).toBe(viseme);
  });

  it('should stay shut in silence and in the noise of a quiet line', () => {
    expect(loudnessOf(new Float32Array(512))).toBe(0);
    expect(loudnessOf(tone(800, 0.005))).toBe(0);
  });

  it('should hear more in what is louder', () => {
    expect(loudnessOf(tone(800, 0.3))).toBeGreaterThan(loudnessOf(tone(800, 0.03)) + 0.3);
  });
});

describe('the mouth', () => {
  it('should look different for every viseme', () => {
    const shapes = VISEMES.map((viseme) =>
      [...mouthOf({ [viseme]: 1 })].map((value) => value.toFixed(2)).join(),
    );
    expect(new Set(shapes).size).toBe(VISEMES.length);
  });

  it('should meet for a P even in a laugh', () => {
    const mouth = mouthOf({ PP: 1, smile: 1, jaw: 0.5, cheek: 1 });
    expect(part(mouth, 'press')).toBe(1);
    expect(part(mouth, 'jaw')).toBe(0);
    expect(part(mouth, 'upperUp')).toBe(0);
    expect(part(mouth, 'corners')).toBeGreaterThan(0.8);
  });

  it('should go on smiling in a vowel, less so in a round one', () => {
    const open = part(mouthOf({ aa: 1, smile: 0.9 }), 'corners');
    const round = part(mouthOf({ U: 1, smile: 0.9 }), 'corners');
    expect(open).toBeGreaterThan(0.8);
    expect(round).toBeLessThan(0.5);
    expect(round).toBeGreaterThan(0);
  });

  it('should bring the lower lip to the teeth for an F', () => {
    const mouth = mouthOf({ FF: 1, jaw: 0.4 });
    expect(part(mouth, 'tuck')).toBe(1);
    expect(part(mouth, 'jaw')).toBeLessThan(0.1);
  });
});
