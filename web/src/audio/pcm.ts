/** Between the two shapes of a sample: float from -1 to 1, and signed 16 bit. */

const FULL_SCALE = 32_768;

export function floatToPcm(sample: number): number {
  return Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(sample * FULL_SCALE)));
}

export function pcmToFloat(sample: number): number {
  return sample / FULL_SCALE;
}
