/**
 * Where the words of a search stand in a text, as the server looks for them: each word separately, whatever is written
 * without a space between together, whole from its beginning; Chinese and Japanese anywhere. Pure.
 */

export interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

const CJK = /[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/u;
const WORD = String.raw`[\p{L}\p{N}]`;
const MAX_WORDS = 32;

/** The text in pieces, in order; together they are all of it. */
export function highlight(text: string, query: string): readonly Piece[] {
  const pattern = patternOf(query);
  if (pattern === null) return [{ text, isHit: false }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isHit: false });
    pieces.push({ text: match[0], isHit: true });
    end = match.index + match[0].length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end), isHit: false });
  return pieces;
}

function patternOf(query: string): RegExp | null {
  const words = query
    .trim()
    .split(/\s+/)
    .slice(0, MAX_WORDS)
    .map(termsOf)
    .filter((terms) => terms.length > 0);
  if (words.length === 0) return null;
  // The longest first: of two that begin alike, the whole of the longer is marked.
  words.sort((one, other) => other.join('').length - one.join('').length);
  return new RegExp(words.map(phraseOf).join('|'), 'giu');
}

/** A word's letters, without the punctuation in it; each Chinese character by itself. */
function termsOf(word: string): readonly string[] {
  return word.match(new RegExp(`${CJK.source}|(?:(?!${CJK.source})${WORD})+`, 'gu')) ?? [];
}

function phraseOf(terms: readonly string[]): string {
  const [first = ''] = terms;
  const begin = CJK.test(first) ? '' : `(?<!${WORD})`;
  return (
    begin + terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join(String.raw`[^\p{L}\p{N}]*`)
  );
}
