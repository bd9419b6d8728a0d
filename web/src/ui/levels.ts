/** From samples to what a level meter shows. */

/** Quieter than this shows as nothing. */
const FLOOR_DB = -60;
/** Speech close to a microphone; shows as full. */
const CEILING_DB = -9;

/** Loudness of a stretch of samples on a scale a person reads as even: 0 is silence, 1 is loud speech. */
export function loudness(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  if (energy === 0) return 0;
  const decibels = 10 * Math.log10(energy / samples.length);
  return Math.min(1, Math.max(0, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}
