/**
 * Preferences as they are kept and sent: read back from whoever wrote them.
 *
 * Owns which values each preference may have. Refuses to know where they are kept.
 */
import type { Preferences } from './model.ts';

/** Speaking rates that are offered. */
export const SPEEDS = { slowest: 0.5, normal: 1, fastest: 1.5 } as const;

const MAX_NAME_CHARACTERS = 100;

/** The value, or undefined when it is none that this preference may have. */
type Read<Value> = (value: unknown) => Value | undefined;

const READERS: { readonly [Name in keyof Preferences]: Read<Preferences[Name]> } = {
  mode: oneOf('hands-free', 'push-to-talk'),
  language: oneOf('en', 'zh'),
  speech: oneOf('page', 'auto', 'en', 'zh'),
  character: name,
  voice: name,
  speed: (value) =>
    typeof value === 'number' && value >= SPEEDS.slowest && value <= SPEEDS.fastest ? value : undefined,
  eagerness: oneOf('low', 'auto', 'high'),
  bargeIn: flag,
  greeting: flag,
  face: oneOf('head', 'vrm', 'flat', 'none'),
  theme: oneOf('system', 'light', 'dark'),
  motion: oneOf('system', 'reduced'),
  microphone: name,
  speaker: name,
  echoCancellation: flag,
  noiseSuppression: flag,
  autoGain: flag,
  visualiser: oneOf('waveform', 'spectrum'),
};

/** Reads what was kept, whoever wrote it: preferences that do not fit, or are not known here, are left out. */
export function parsePreferences(value: unknown): Partial<Preferences> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, given]) => {
    const read = isPreference(key) ? READERS[key](given) : undefined;
    return read === undefined ? [] : [[key, read] as const];
  });
  return Object.fromEntries(entries);
}

export function isPreference(name: string): name is keyof Preferences {
  return Object.hasOwn(READERS, name);
}

function oneOf<Word extends string>(...words: readonly Word[]): Read<Word> {
  return (value) => words.find((word) => word === value);
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function name(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_NAME_CHARACTERS ? value : undefined;
}
