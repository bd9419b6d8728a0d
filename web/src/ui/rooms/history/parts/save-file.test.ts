import { expect, it } from 'vitest';

import { fileName } from './save-file.ts';

it.each([
  ['Tea?', 'Tea.md'],
  ['a/b\\c: "d"', 'a b c d.md'],
  ['  ..  ', 'vivavoce.md'],
  ['今天天气怎么样？', '今天天气怎么样？.md'],
  ['x'.repeat(100), `${'x'.repeat(80)}.md`],
])('should make a name of %s', (title, name) => {
  expect(fileName(title, 'md')).toBe(name);
});
