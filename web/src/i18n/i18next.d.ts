/** Tells i18next which keys there are. */
import 'i18next';

import type { Texts } from './en/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts };
  }
}
