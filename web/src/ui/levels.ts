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

/** The levels of the last moments, newest first, one for each step of time. */
export class LevelHistory {
  readonly levels: number[];
  readonly #stepMs: number;
  #steppedAt = 0;
  #peak = 0;

  constructor(length: number, stepMs: number) {
    this.levels = Array.from({ length }, () => 0);
    this.#stepMs = stepMs;
  }

  /** Takes in the level of this moment; a step shows the highest within it. */
  add(level: number, nowMs: number): void {
    this.#peak = Math.max(this.#peak, level);
    this.levels[0] = this.#peak;
    if (nowMs - this.#steppedAt < this.#stepMs) return;
    this.#steppedAt = nowMs;
    this.#peak = level;
    this.levels.pop();
    this.levels.unshift(level);
  }

  clear(): void {
    this.levels.fill(0);
    this.#peak = 0;
  }
}
