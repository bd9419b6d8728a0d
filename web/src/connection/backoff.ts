/** How long to wait before each try to reconnect: exponential, with jitter, and an end. */

export interface BackoffPolicy {
  /** Wait before the first retry. */
  readonly firstMs: number;
  /** Each wait is this many times the one before. */
  readonly factor: number;
  readonly maxMs: number;
  /** Share of the wait that is random, 0 to 1, so that many pages do not return in step. */
  readonly jitter: number;
  /** After this many tries the link gives up. */
  readonly tries: number;
}

/** Gives up after about 30 seconds: long enough for a server to restart, short enough not to keep a person guessing. */
export const DEFAULT_BACKOFF: BackoffPolicy = {
  firstMs: 500,
  factor: 1.8,
  maxMs: 6000,
  jitter: 0.3,
  tries: 8,
};

/**
 * Milliseconds to wait before a try.
 *
 * @param attempt - number of the try, from 1.
 * @param random - a number from 0 to 1.
 * @returns null when there are no tries left.
 */
export function delayBefore(policy: BackoffPolicy, attempt: number, random: number): number | null {
  if (attempt > policy.tries) return null;
  const wait = Math.min(policy.maxMs, policy.firstMs * policy.factor ** (attempt - 1));
  return Math.round(wait * (1 - policy.jitter * random));
}
