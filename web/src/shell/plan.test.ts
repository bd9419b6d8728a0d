import { describe, expect, it } from 'vitest';

import { cacheName, newestPage, outdated, planFor } from './plan.ts';

const SCOPE = 'https://host/talk/';

it.each([
  ['', 'navigate', 'page'],
  ['index.html', 'navigate', 'page'],
  ['#/history', 'navigate', 'page'],
  ['?input=webm', 'navigate', 'page'],
  ['assets/index-abc.js', 'cors', 'part'],
  ['icons/icon-192.png', 'no-cors', 'part'],
  ['v1/conversations', 'cors', 'pass'],
  ['v1/conversations/c1/export', 'navigate', 'pass'],
  ['api/speak', 'cors', 'pass'],
  ['health', 'cors', 'pass'],
  ['metrics', 'navigate', 'pass'],
  ['docs', 'navigate', 'pass'],
])('should answer %s (%s) by the plan "%s: %s"', (path, mode, plan) => {
  expect(planFor({ method: 'GET', mode, url: SCOPE + path }, SCOPE)).toBe(plan);
});

it('should leave to the network what changes things and what is elsewhere', () => {
  expect(planFor({ method: 'POST', mode: 'cors', url: `${SCOPE}assets/a.js` }, SCOPE)).toBe('pass');
  expect(planFor({ method: 'GET', mode: 'cors', url: 'https://other/assets/a.js' }, SCOPE)).toBe('pass');
});

it('should keep the version before, and nothing older, and leave what is not ours', () => {
  const names = ['vivavoce-shell-1', 'theirs', 'vivavoce-shell-2', 'vivavoce-shell-3'];
  expect(outdated(names, '3')).toEqual(['vivavoce-shell-1']);
  expect(outdated(['vivavoce-shell-3'], '3')).toEqual([]);
  expect(cacheName('3')).toBe('vivavoce-shell-3');
});

describe('the page', () => {
  const kept = new Response('kept');
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const keeping = (): Promise<Response> => Promise.resolve(kept);
  const answering = (status: number) => () => Promise.resolve(new Response('new', { status }));
  const away = (): Promise<never> => Promise.reject(new TypeError('away'));

  it.each([200, 304, 401, 404])("should be the server's where that answers %d", async (status) => {
    const answer = status === 304 ? () => Promise.resolve(new Response(null, { status })) : answering(status);
    expect((await newestPage(answer, keeping)).status).toBe(status);
  });

  it.each([500, 502, 503, 504])('should be the kept one behind a proxy that answers %d', async (status) => {
    expect(await newestPage(answering(status), keeping)).toBe(kept);
  });

  it('should be the kept one when nobody answers', async () => {
    expect(await newestPage(away, keeping)).toBe(kept);
  });

  it('should be whatever there is where none is kept', async () => {
    expect((await newestPage(answering(503), nothing)).status).toBe(503);
    await expect(newestPage(away, nothing)).rejects.toThrow('away');
  });
});
