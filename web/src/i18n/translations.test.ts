import { describe, expect, it } from 'vitest';

import { createTranslations, LANGUAGES, preferredLanguage } from './translations.ts';

const SOURCES = import.meta.glob<string>(
  ['../ui/**/*.{ts,tsx}', '../avatar/**/*.{ts,tsx}', '../app.tsx', '!../**/*.test.*'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);

function flatten(node: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'string') texts.set(key, value);
    else for (const [inner, text] of flatten(value as object, key)) texts.set(inner, text);
  }
  return texts;
}

const english = flatten(LANGUAGES.en.texts);
const chinese = flatten(LANGUAGES.zh.texts);
const placeholders = (text = ''): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort();

describe('every text', () => {
  it('should be there in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english])('should be complete and translated: %s', (key, text) => {
    const translated = chinese.get(key) ?? '';
    expect(text.trim()).not.toBe('');
    expect(translated).toMatch(/[\u4e00-\u9fff]|^\{\{value\}\}%$/);
    expect(placeholders(translated)).toEqual(placeholders(text));
  });

  it('should be used somewhere', () => {
    const code = Object.values(SOURCES).join('\n');
    const isUsed = (key: string): boolean => {
      // Keys such as `hint.${hint}` are used by their stem.
      const stem = key.slice(0, key.lastIndexOf('.') + 1);
      const first = `${key.split('.')[0] ?? ''}.`;
      return [`'${key}'`, `\`${stem}\${`, `\`${first}\${`, `\`${key.replace(/_[^_]+$/, '_')}\${`].some(
        (use) => code.includes(use),
      );
    };
    expect([...english.keys()].filter((key) => !isUsed(key))).toEqual([]);
  });
});

describe('translations', () => {
  it('should fill in values and change language', async () => {
    const translations = createTranslations('en');
    expect(translations.t('connection.reconnecting', { attempt: 2, limit: 8 })).toBe('Reconnecting, 2 of 8');
    await translations.changeLanguage('zh');
    expect(translations.t('stage.listening')).toBe('正在听');
  });

  it.each([
    [['zh-TW', 'en'], 'zh'],
    [['fr', 'en-GB', 'zh'], 'en'],
    [['fr'], 'en'],
    [[], 'en'],
  ] as const)('should choose for %o: %s', (wished, language) => {
    expect(preferredLanguage(wished)).toBe(language);
  });
});
