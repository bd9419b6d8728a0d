/**
 * The user's preferences in this browser, each written by itself: two tabs that change different ones keep both.
 *
 * Refuses to know who chose them, and what they are for.
 */
import { parsePreferences } from '../state/index.ts';
import type { Preferences } from '../state/index.ts';
import { read, write } from './storage.ts';

const PREFERENCES = 'vivavoce.preferences';

export function readPreferences(storage: Storage): Partial<Preferences> {
  return parsePreferences(read(storage, PREFERENCES));
}

/** Keeps these, and leaves the others as they are. */
export function keepPreferences(storage: Storage, preferences: Partial<Preferences>): void {
  write(storage, PREFERENCES, { ...readPreferences(storage), ...preferences });
}

/** What another tab has changed of them, by what the browser tells of its writing; empty when that was something else. */
export function changedElsewhere({ key, oldValue, newValue }: StorageEvent): Partial<Preferences> {
  if (key !== PREFERENCES) return {};
  const before = parseJson(oldValue);
  const changed = Object.entries(parseJson(newValue)).filter(
    ([name, value]) => before[name as keyof Preferences] !== value,
  );
  return Object.fromEntries(changed);
}

function parseJson(text: string | null): Partial<Preferences> {
  try {
    return parsePreferences(JSON.parse(text ?? 'null') as unknown);
  } catch {
    // Written by something else: as good as nothing.
    return {};
  }
}
