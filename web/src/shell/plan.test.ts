import { expect, it } from 'vitest';

import { cacheName, outdated, planFor } from './plan.ts';

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
