import { expect, it } from 'vitest';

import type { Memory } from '../../../api/memories.ts';
import { changed, flat } from './cache.ts';
import { certaintyOf } from './certainty.ts';

const memory = (changes: Partial<Memory>): Memory => ({
  id: 'm',
  text: 'Has a dog.',
  toldAt: 1,
  conversationId: 'c',
  turnId: 't',
  confidence: 0.9,
  replacedBy: null,
  ...changes,
});

it.each([
  [{ confidence: 1, conversationId: '' }, 'entered'],
  [{ confidence: 1 }, 'said'],
  [{ confidence: 0.9 }, 'said'],
  [{ confidence: 0.6 }, 'probable'],
  [{ confidence: 0.5 }, 'guess'],
] as const)('should say how sure it is of %o', (changes, words) => {
  expect(certaintyOf(memory(changes))).toBe(words);
});

it('should change a memory wherever it is shown, and list it once', () => {
  const renamed = (one: Memory): Memory => ({ ...one, text: 'Has two dogs.' });
  const page = { memories: [memory({}), memory({ id: 'n' })], next: null };
  const pages = { pages: [page, page], pageParams: [0, 2] };
  const after = changed(pages, renamed);
  expect(after).toMatchObject({ pages: [{ memories: [{ text: 'Has two dogs.' }, {}] }, {}] });
  expect(changed([memory({})], renamed)).toMatchObject([{ text: 'Has two dogs.' }]);
  expect(changed(memory({}), renamed)).toMatchObject({ text: 'Has two dogs.' });
  expect(changed(undefined, renamed)).toBeUndefined();
  expect(flat(pages).map(({ id }) => id)).toEqual(['m', 'n']);
});
