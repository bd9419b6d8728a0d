/** How loud a stretch of sound is, in the two figures that tell silence from speech and speech from distortion. */

/** From here on a sample counts as cut off: converters stop a little short of full scale. */
const FULL = 0.995;
const PCM_FULL_SCALE = 32_768;

export interface Loudness {
  /** Mean power relative to full scale, in dB; -Infinity for nothing but zeros. */
  readonly rmsDb: number;
  /** Samples at full scale. */
  readonly clipped: number;
  readonly samples: number;
}

export function loudnessOfPcm(pcm: Int16Array): Loudness {
  let energy = 0;
  let clipped = 0;
  for (const sample of pcm) {
    const value = sample / PCM_FULL_SCALE;
    energy += value * value;
    if (Math.abs(value) >= FULL) clipped += 1;
  }
  return { rmsDb: decibels(energy, pcm.length), clipped, samples: pcm.length };
}

export function loudnessOfFloats(samples: Float32Array): Loudness {
  let energy = 0;
  let clipped = 0;
  for (const value of samples) {
    energy += value * value;
    if (Math.abs(value) >= FULL) clipped += 1;
  }
  return { rmsDb: decibels(energy, samples.length), clipped, samples: samples.length };
}

function decibels(energy: number, samples: number): number {
  return samples === 0 ? -Infinity : 10 * Math.log10(energy / samples);
}
