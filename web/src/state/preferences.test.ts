import { expect, it } from 'vitest';

import { INITIAL_PREFERENCES, INITIAL_STATE } from './model.ts';
import { parsePreferences } from './preferences.ts';
import { partnerOf } from './selectors.ts';

it('should read back every preference as it was kept', () => {
  expect(parsePreferences(JSON.parse(JSON.stringify(INITIAL_PREFERENCES)))).toEqual(INITIAL_PREFERENCES);
});

it.each([
  ['a word that it may not be', { mode: 'telepathy' }],
  ['another kind of value', { bargeIn: 'yes', voice: 3, speed: '1' }],
  ['a speed that nobody could follow', { speed: 9 }],
  ['a preference of a later version', { smell: 'rose' }],
  ['something of every object', { toString: 'x', constructor: 'y' }],
])('should leave out %s', (_, kept) => {
  expect(parsePreferences({ ...kept, theme: 'dark' })).toEqual({ theme: 'dark' });
});

it.each([null, 3, 'x', undefined])('should read nothing from %o', (kept) => {
  expect(parsePreferences(kept)).toEqual({});
});

const LIN = { id: 'lin', name: 'Lin', names: {}, languages: ['en', 'zh'] };
const XIAOMEI = { id: 'xiaomei', name: '小梅', names: {}, languages: ['zh'] };

it.each([
  ['as the page', 'page', 'lin', 'en'],
  ['another than the page', 'zh', 'lin', 'zh'],
  ['any language with who speaks several', 'auto', 'lin', 'auto'],
  ["the character's with who speaks one", 'auto', 'xiaomei', 'zh'],
  ["the character's where it does not speak the user's", 'page', 'xiaomei', 'zh'],
  ['any language with nobody chosen', 'auto', '', 'auto'],
] as const)('should hold the conversation in %s', (_, speech, character, language) => {
  const preferences = { ...INITIAL_PREFERENCES, speech, character };
  expect(partnerOf({ ...INITIAL_STATE, characters: [LIN, XIAOMEI], preferences }).language).toBe(language);
});
