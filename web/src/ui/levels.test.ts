import { describe, expect, it } from 'vitest';

import { loudness } from './levels.ts';

describe('loudness', () => {
  it('should be nothing in silence and everything in loud speech', () => {
    expect(loudness(new Float32Array(64))).toBe(0);
    expect(loudness(new Float32Array(64).fill(0.9))).toBe(1);
  });

  it('should rise evenly with the ear', () => {
    const [soft = 0, middle = 0, loud = 0] = [0.01, 0.03, 0.09].map((level) =>
      loudness(new Float32Array(64).fill(level)),
    );
    expect(middle - soft).toBeCloseTo(loud - middle, 5);
    expect(soft).toBeGreaterThan(0);
  });
});
