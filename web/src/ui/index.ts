/**
 * The page: shows the state, and passes on what the user wants.
 *
 * Owns components, styles and drawing. Reads the state through selectors and sends intents; refuses to know the
 * wire, the devices and how an intent is carried out.
 */
export { Page } from './page.tsx';
export { PageProvider } from './page-context.ts';
export type { Intents, PageServices, SoundChecks, Sounds } from './page-context.ts';
