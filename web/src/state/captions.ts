/**
 * Which words of an utterance are heard, still to come, or lost, from the samples that were played.
 *
 * A clause's words are spread over its samples by their length, and a word counts from the moment it begins.
 */
import type { Segment, Utterance } from './model.ts';

/** An utterance's words, in order; together they are all of them. */
export interface Caption {
  readonly heard: string;
  /** Not yet played; shown when its sound comes. */
  readonly coming: string;
  /** Never heard: the reply was interrupted before. */
  readonly unheard: string;
}

const CJK = /[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]/;

/** The words of an utterance by what became of them. */
export function captionOf(utterance: Utterance): Caption {
  const { text, unheard, status, segments } = utterance;
  if (utterance.voice === 'none') return { heard: text, coming: '', unheard };
  if (status === 'done' || status === 'failed')
    return { heard: fullText(text, segments), coming: '', unheard: '' };
  const [heard, rest] = divide(utterance);
  return status === 'live' ? { heard, coming: rest, unheard: '' } : { heard, coming: '', unheard: rest };
}

/** Clauses as one text: a space between them, except around Chinese, Japanese and Korean. */
export function joinClauses(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    const isTight =
      joined === '' ||
      /\s$/.test(joined) ||
      /^\s/.test(text) ||
      CJK.test(joined.slice(-1)) ||
      CJK.test(text.slice(0, 1));
    joined += isTight ? text : ` ${text}`;
  }
  return joined;
}

/** What was heard, and the rest. */
function divide({ text, segments, playedSamples }: Utterance): readonly [string, string] {
  const spoken = joinClauses(
    segments.map((segment) => wordsBegun(segment, playedSamples)).filter((words) => words !== ''),
  );
  const all = fullText(text, segments);
  const at = lengthHolding(all, spoken) ?? 0;
  return [all.slice(0, at), all.slice(at)];
}

/** The transcript when it agrees with the clauses, for its own spacing and its lead; else the clauses. */
function fullText(transcript: string, segments: readonly Segment[]): string {
  const clauses = joinClauses(segments.map(({ text }) => text));
  return lengthHolding(transcript, clauses) === null ? clauses : transcript;
}

/** The words of a clause that have begun by the time so many samples were played. */
function wordsBegun({ firstSample, samples, text }: Segment, playedSamples: number): string {
  const played = playedSamples - firstSample;
  if (played <= 0) return '';
  if (played >= samples) return text;
  let cut = Math.floor((text.length * played) / samples);
  if (CJK.test(text.charAt(cut))) return text.slice(0, cut + 1);
  while (cut < text.length && !/\s/.test(text.charAt(cut)) && !CJK.test(text.charAt(cut))) cut += 1;
  return text.slice(0, cut);
}

/** How much of `text` holds the letters of `beginning`, whatever the spaces; null when it begins otherwise. */
export function lengthHolding(text: string, beginning: string): number | null {
  let at = 0;
  for (const letter of beginning.replace(/\s+/g, '')) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (!text.startsWith(letter, at)) return null;
    at += letter.length;
  }
  return at;
}
