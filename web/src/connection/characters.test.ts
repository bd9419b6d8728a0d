import { afterEach, expect, it, vi } from 'vitest';

import { listCharacters, parseCharacters } from './characters.ts';

const VIVA = { id: 'viva', name: 'Viva', names: { en: 'Viva', zh: '薇娃' }, languages: ['en', 'zh'] };

afterEach(() => {
  vi.unstubAllGlobals();
});

it('should ask with the key and read who there is', async () => {
  const fetching = vi.fn<typeof fetch>(() =>
    Promise.resolve(Response.json({ object: 'list', data: [VIVA] })),
  );
  vi.stubGlobal('fetch', fetching);

  expect(await listCharacters('http://here/v1/personas', 'secret')).toEqual([VIVA]);
  expect(fetching.mock.calls[0]?.[1]?.headers).toEqual({ Authorization: 'Bearer secret' });
});

it.each([
  ['a refusal', () => Promise.resolve(new Response('', { status: 401 }))],
  ['no answer', () => Promise.reject(new TypeError('gone'))],
  ['nonsense', () => Promise.resolve(new Response('<html>'))],
])('should offer no choice after %s', async (_, answer) => {
  vi.stubGlobal('fetch', answer);
  expect(await listCharacters('http://here/v1/personas', null)).toEqual([]);
});

it('should leave out what is no character', () => {
  const odd = [null, 1, {}, { ...VIVA, names: { en: 1 } }, { ...VIVA, languages: 'en' }];
  expect(parseCharacters({ data: [...odd, VIVA] })).toEqual([VIVA]);
  expect(parseCharacters([VIVA])).toEqual([]);
});
