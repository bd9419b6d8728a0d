import { expect, it } from 'vitest';

import { blend, HAIR_STYLES, lookFor } from './looks.ts';

it('should give the shipped characters looks of their own', () => {
  expect(lookFor('viva').hairStyle).toBe('bob');
  expect(lookFor('xiaomei').hairStyle).toBe('buns');
  expect(lookFor('lin').hasGlasses).toBe(true);
});

it('should give anyone else a look that stays the same', () => {
  expect(lookFor('my-own-character')).toEqual(lookFor('my-own-character'));
});

it('should not give everyone the same look', () => {
  const looks = Array.from({ length: 40 }, (_, index) => lookFor(`character ${index}`));
  expect(new Set(looks.map(({ hairStyle }) => hairStyle)).size).toBe(HAIR_STYLES.length);
  expect(new Set(looks.map(({ skin }) => skin)).size).toBeGreaterThan(3);
});

it('should not take the names of built-in properties for characters', () => {
  expect(lookFor('constructor').skin).toMatch(/^#[0-9a-f]{6}$/);
});

it('should mix colours', () => {
  expect(blend('#000000', '#ffffff', 0.5)).toBe('#808080');
});
