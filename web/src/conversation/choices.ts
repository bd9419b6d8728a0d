/**
 * What the user chose here and elsewhere, and which of the two holds: for each preference the later choice.
 *
 * Owns which preferences follow the user from machine to machine. Refuses to know where anything is kept.
 */
import { parsePreferences } from '../state/index.ts';
import type { Preferences } from '../state/index.ts';

/** The others, such as which microphone, belong to the machine. */
export type FollowingName = Extract<
  keyof Preferences,
  | 'mode'
  | 'language'
  | 'speech'
  | 'character'
  | 'voice'
  | 'speed'
  | 'eagerness'
  | 'bargeIn'
  | 'greeting'
  | 'face'
  | 'theme'
  | 'motion'
>;

export const FOLLOWING: readonly FollowingName[] = [
  'mode',
  'language',
  'speech',
  'character',
  'voice',
  'speed',
  'eagerness',
  'bargeIn',
  'greeting',
  'face',
  'theme',
  'motion',
];

/** A value, and when it was chosen, in seconds since 1970. */
export interface Choice {
  readonly value: string | number | boolean | null;
  readonly changedAt: number;
}

export type Choices = Readonly<Record<string, Choice>>;

/** When each preference was chosen here; one that never was is not in it. */
export type ChosenAt = Readonly<Partial<Record<FollowingName, number>>>;

interface Merged {
  /** Chosen elsewhere since. */
  readonly adopted: Partial<Preferences>;
  /** Chosen here since. */
  readonly unsent: Choices;
  readonly chosenAt: ChosenAt;
}

/** Sees what holds of the choices made here and those the server keeps. */
export function merge(preferences: Preferences, chosenAt: ChosenAt, kept: Choices): Merged {
  const adopted: Record<string, unknown> = {};
  const unsent: Record<string, Choice> = {};
  const since: Partial<Record<FollowingName, number>> = { ...chosenAt };
  for (const name of FOLLOWING) {
    const here = chosenAt[name];
    const there = Object.hasOwn(kept, name) ? kept[name] : undefined;
    if (here !== undefined && (there === undefined || here > there.changedAt)) {
      unsent[name] = { value: preferences[name], changedAt: here };
    } else if (there !== undefined) {
      adopted[name] = there.value;
      since[name] = there.changedAt;
    }
  }
  return { adopted: changed(preferences, parsePreferences(adopted)), unsent, chosenAt: since };
}

/** Notes when preferences were chosen; a choice is later than any other that is known, whatever the clocks say. */
export function note(chosenAt: ChosenAt, names: Iterable<string>, now: number): ChosenAt {
  const noted: Partial<Record<FollowingName, number>> = { ...chosenAt };
  for (const name of names) {
    if (isFollowing(name)) noted[name] = Math.max(now, (chosenAt[name] ?? 0) + 0.001);
  }
  return noted;
}

/** Of two notes of when each preference was chosen, the later ones. */
export function newest(one: ChosenAt, other: ChosenAt): ChosenAt {
  const later: Partial<Record<FollowingName, number>> = { ...one };
  for (const name of FOLLOWING) {
    const at = Math.max(one[name] ?? -Infinity, other[name] ?? -Infinity);
    if (at !== -Infinity) later[name] = at;
  }
  return later;
}

/** Reads what was kept of when preferences were chosen, whoever wrote it. */
export function parseChosenAt(value: unknown): ChosenAt {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  return Object.fromEntries(entries.filter(([name, at]) => isFollowing(name) && typeof at === 'number'));
}

export function isFollowing(name: string): name is FollowingName {
  return (FOLLOWING as readonly string[]).includes(name);
}

function changed(before: Preferences, after: Partial<Preferences>): Partial<Preferences> {
  const entries = Object.entries(after).filter(
    ([name, value]) => before[name as keyof Preferences] !== value,
  );
  return Object.fromEntries(entries);
}
