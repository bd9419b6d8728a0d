/** What languages are called. */

/** In the language of the page; the code where nobody knows a name. */
export function languageName(code: string, page: string): string {
  try {
    return new Intl.DisplayNames([page], { type: 'language' }).of(code) ?? code;
  } catch {
    // Not a code that could be one.
    return code;
  }
}

/** Those that can be chosen; any other that a character has is shown too. */
export const LANGUAGE_CODES = [
  'en',
  'zh',
  'ja',
  'ko',
  'es',
  'fr',
  'de',
  'it',
  'pt',
  'ru',
  'hi',
  'ar',
] as const;
