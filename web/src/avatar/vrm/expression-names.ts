/**
 * What an avatar calls its expressions.
 *
 * Owns the finding of ours among them: VRM has presets, but not for all, and its first version had no surprise, so that
 * many avatars have one of their own making. Pure.
 */
import { EXPRESSIONS } from '../motion/index.ts';
import type { Expression } from '../motion/index.ts';

/** The preset first, then what makers call an expression of their own; there is no preset for thinking. */
const NAMES: Readonly<Record<Expression, readonly string[]>> = {
  joy: ['happy', 'joy', 'smile'],
  sadness: ['sad', 'sorrow', 'sadness'],
  surprise: ['surprised', 'surprise'],
  anger: ['angry', 'anger'],
  relaxed: ['relaxed', 'fun'],
  thinking: ['thinking', 'think'],
};

export interface ExpressionNames {
  /** The avatar's name of each of ours, in their order; null where it has none. */
  readonly faces: readonly (string | null)[];
  /** It can shut both eyes, but neither by itself. */
  readonly blinksAsOne: boolean;
}

/** Finds what the names of an avatar's expressions mean. */
export function expressionNames(own: readonly string[] = []): ExpressionNames {
  const byMeaning = new Map(own.map((name) => [name.trim().toLowerCase(), name]));
  const faces = EXPRESSIONS.map((expression) => {
    const known = NAMES[expression].find((name) => byMeaning.has(name));
    return known === undefined ? null : (byMeaning.get(known) ?? null);
  });
  return { faces, blinksAsOne: own.includes('blink') && !own.includes('blinkLeft') };
}
