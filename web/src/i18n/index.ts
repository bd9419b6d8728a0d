/**
 * Every word on the screen, in each language.
 *
 * Owns the texts and the i18next instance that serves them. Refuses to know where a text is shown, and the state.
 */
export { createTranslations, LANGUAGES, preferredLanguage } from './translations.ts';
export type { TextKey } from './translations.ts';
