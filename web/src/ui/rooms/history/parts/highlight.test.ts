import { describe, expect, it } from 'vitest';

import { highlight } from './highlight.ts';

const marked = (text: string, query: string): string =>
  highlight(text, query)
    .map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text))
    .join('');

describe('the words of a search', () => {
  it.each([
    ['Is there tea? TEA, steam.', 'tea', 'Is there [tea]? [TEA], steam.'],
    ['今天天气怎么样？', '天气', '今天[天气]怎么样？'],
    ['天气好，气温高', '气', '天[气]好，[气]温高'],
    ['The weather in Rome', 'rome weath', 'The [weath]er in [Rome]'],
    ['Café au lait', 'café', '[Café] au lait'],
    ["It's 3.5 degrees", '3.5', "It's [3.5] degrees"],
    ['nothing of it', 'tea', 'nothing of it'],
    ['a (b) c', '(', 'a (b) c'],
    ['', 'tea', ''],
    ['tea', '   ', 'tea'],
    ['teapot', 'tea teapot', '[teapot]'],
  ])('should be marked in %s for %s', (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  it('should leave the text whole', () => {
    const text = '  Tea, tea; 茶 and tea. ';
    expect(
      highlight(text, 'tea 茶')
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
