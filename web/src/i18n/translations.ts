/** Serves the texts through i18next, with keys checked by the compiler. */
import i18next from 'i18next';
import type { i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

import { en } from './en/index.ts';
import type { Texts } from './en/index.ts';
import { zh } from './zh/index.ts';

/** Dotted path of a text. */
export type TextKey = Leaves<Texts>;

type Leaves<Node> = {
  [Key in keyof Node & string]: Node[Key] extends string ? Key : `${Key}.${Leaves<Node[Key]>}`;
}[keyof Node & string];

export const LANGUAGES: Readonly<
  Record<
    'en' | 'zh',
    { readonly name: string; readonly short: string; readonly tag: string; readonly texts: Texts }
  >
> = {
  en: { name: 'English', short: 'EN', tag: 'en', texts: en },
  zh: { name: '中文', short: '中', tag: 'zh-Hans', texts: zh },
};

/** Makes the translations for one page. */
export function createTranslations(language: 'en' | 'zh'): i18n {
  const translations = i18next.createInstance();
  void translations.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, zh: { translation: zh } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return translations;
}

/** The first language of the browser's list that there are texts for. */
export function preferredLanguage(wished: readonly string[]): 'en' | 'zh' {
  for (const tag of wished) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
