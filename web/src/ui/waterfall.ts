/**
 * A turn's marks as a waterfall: which step went on from when to when, after the end of the user's speech.
 *
 * Two things go on at once: deciding that the turn is over, and the work on the answer, which begins under the silence
 * before that is decided. So the decision is one span, and the work a row of others beside it.
 */
import type { Utterance } from '../state/index.ts';

export type Marks = NonNullable<Utterance['timing']>;
export type Step = 'transcript' | 'first_token' | 'first_clause' | 'first_audio';

/** Milliseconds after the end of speech. */
export interface Span<Name> {
  readonly name: Name;
  readonly from: number;
  readonly to: number;
}

export interface Waterfall {
  /** Where the picture ends: at the first sound, or at the last mark known. */
  readonly until: number;
  /** When it was decided that the user had finished; null when nothing had to be (typed words). */
  readonly confirmed: number | null;
  readonly work: readonly Span<Step>[];
}

const STEPS: readonly Step[] = ['transcript', 'first_token', 'first_clause', 'first_audio'];

/** Each step begins where the one before it ended; null when there is nothing to draw. */
export function waterfallOf(marks: Marks): Waterfall | null {
  const work: Span<Step>[] = [];
  let from = 0;
  for (const name of STEPS) {
    const mark = marks[name];
    if (mark === undefined) continue;
    const to = Math.max(from, mark);
    work.push({ name, from, to });
    from = to;
  }
  const confirmed = marks.turn_confirmed ?? null;
  const until = Math.max(from, confirmed ?? 0);
  return until > 0 ? { until, confirmed, work } : null;
}
