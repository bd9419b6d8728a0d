/** Curves that movements follow; numbers in, numbers out. */

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 below `low`, 1 above `high`, and without a corner between. */
export function smoothstep(low: number, high: number, value: number): number {
  const share = clamp((value - low) / (high - low), 0, 1);
  return share * share * (3 - 2 * share);
}

/** The share of the way to a goal that is gone in `seconds`, for something that takes about `settle` seconds for it. */
export function approach(seconds: number, settle: number): number {
  return 1 - Math.exp(-seconds / settle);
}

/** Up and down again, once, while `share` goes from 0 to 1. */
export function bump(share: number): number {
  return share <= 0 || share >= 1 ? 0 : Math.sin(Math.PI * share) ** 2;
}
