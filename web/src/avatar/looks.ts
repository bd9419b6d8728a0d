/**
 * Looks: the colours, hair and clothes of a character.
 *
 * Owns which look goes with which character: the shipped ones have looks of their own, everyone else one that is drawn from
 * the character's id and stays the same. Refuses to know how a look is shown.
 */
import { hashOf, seededRandom } from './motion/random.ts';

export const HAIR_STYLES = ['bob', 'buns', 'crop', 'curls'] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

/** Colours as CSS writes them: #rrggbb. */
export interface Look {
  readonly skin: string;
  readonly lips: string;
  readonly blush: string;
  readonly hair: string;
  readonly hairGlow: string;
  readonly brows: string;
  readonly iris: string;
  readonly top: string;
  readonly trim: string;
  readonly accent: string;
  readonly hairStyle: HairStyle;
  readonly hasGlasses: boolean;
  readonly hasEarrings: boolean;
  readonly hasFreckles: boolean;
  /** 0 slender lashes and a soft jaw, 1 short lashes and a firm one. */
  readonly firmness: number;
  /** Seeds the blinks and glances, so that two faces never move alike. */
  readonly seed: number;
}

type Style = Omit<Look, 'seed'>;

const VIVA: Style = {
  skin: '#f2bd98',
  lips: '#d0625f',
  blush: '#ee7f66',
  hair: '#5b2f24',
  hairGlow: '#b8683f',
  brows: '#51291f',
  iris: '#2f8f7f',
  top: '#12756c',
  trim: '#f3e6cf',
  accent: '#f2b84b',
  hairStyle: 'bob',
  hasGlasses: false,
  hasEarrings: true,
  hasFreckles: true,
  firmness: 0.1,
};

const XIAOMEI: Style = {
  skin: '#f7cba6',
  lips: '#d8504f',
  blush: '#f2765f',
  hair: '#221a22',
  hairGlow: '#6c4a5c',
  brows: '#2b2026',
  iris: '#6a3d22',
  top: '#c8352f',
  trim: '#f6cf72',
  accent: '#2f9c77',
  hairStyle: 'buns',
  hasGlasses: false,
  hasEarrings: true,
  hasFreckles: false,
  firmness: 0,
};

const LIN: Style = {
  skin: '#dfa67c',
  lips: '#b9675a',
  blush: '#d5765c',
  hair: '#1f1d24',
  hairGlow: '#4f5166',
  brows: '#221e22',
  iris: '#4c3526',
  top: '#33507d',
  trim: '#e6dcc8',
  accent: '#c08a4a',
  hairStyle: 'crop',
  hasGlasses: true,
  hasEarrings: false,
  hasFreckles: false,
  firmness: 0.9,
};

const SHIPPED: Readonly<Record<string, Style>> = { viva: VIVA, xiaomei: XIAOMEI, lin: LIN };

const SKINS = ['#f8d3b4', '#f2bd98', '#e0a67b', '#c98a5e', '#a4683f', '#7a4a2e'] as const;
const HAIRS = [
  ['#221a22', '#6c4a5c'],
  ['#5b2f24', '#b8683f'],
  ['#8a4b22', '#e09a52'],
  ['#c98d3f', '#f6d68c'],
  ['#3a3f55', '#8b93b8'],
  ['#7d2f3c', '#dd7a72'],
] as const;
const IRISES = ['#2f8f7f', '#6a3d22', '#3d6fae', '#5f7d35', '#75512d'] as const;
const TOPS = [
  ['#12756c', '#f3e6cf'],
  ['#c8352f', '#f6cf72'],
  ['#33507d', '#e6dcc8'],
  ['#6a4a94', '#f0d9ee'],
  ['#c46a2d', '#fbe7c5'],
  ['#3f6b3c', '#eee3b8'],
] as const;

/** The look of the character with this id. */
export function lookFor(characterId: string): Look {
  const seed = hashOf(characterId);
  const shipped = Object.hasOwn(SHIPPED, characterId) ? SHIPPED[characterId] : undefined;
  return { ...(shipped ?? drawn(seed)), seed };
}

function drawn(seed: number): Style {
  const random = seededRandom(seed);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const skin = pick(SKINS);
  const [hair, hairGlow] = pick(HAIRS);
  const [top, trim] = pick(TOPS);
  const hairStyle = pick(HAIR_STYLES);
  return {
    skin,
    lips: blend(skin, '#c23f48', 0.55),
    blush: blend(skin, '#f0604f', 0.6),
    hair,
    hairGlow,
    brows: blend(hair, '#2b1c18', 0.4),
    iris: pick(IRISES),
    top,
    trim,
    accent: pick(['#f2b84b', '#2f9c77', '#c08a4a', '#d77aa0'] as const),
    hairStyle,
    hasGlasses: random() < 0.25,
    hasEarrings: random() < 0.4,
    hasFreckles: random() < 0.3,
    firmness: hairStyle === 'crop' ? 0.8 : random() * 0.5,
  };
}

/** A colour between two, `share` of the way to the second. */
export function blend(from: string, to: string, share: number): string {
  const a = channelsOf(from);
  const b = channelsOf(to);
  return `#${a.map((value, index) => hex(value + ((b[index] ?? 0) - value) * share)).join('')}`;
}

function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function hex(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0');
}
