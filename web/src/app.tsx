/**
 * The composition root: with `app/`, the only place that knows all layers, and joins them.
 */
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import type { i18n } from 'i18next';
import { QueryClientProvider } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';

import { follow } from './app/following.ts';
import { makeParts } from './app/parts.ts';
import { servicesOf } from './app/services.ts';
import type { Diagnostics } from './conversation/index.ts';
import { createTranslations, LANGUAGES } from './i18n/index.ts';
import type { ConversationStore, Preferences } from './state/index.ts';
import { Page, PageProvider } from './ui/index.ts';
import type { PageServices } from './ui/index.ts';

/** Everything one page is made of. */
export interface App {
  readonly store: ConversationStore;
  readonly services: PageServices;
  readonly queries: QueryClient;
  readonly translations: i18n;
  readonly diagnostics: () => Diagnostics;
  /** Frees devices and link, and writes down what is to be kept; the page may be shown again afterwards. */
  readonly leave: () => void;
  /** Leaves, and lets go of everything that was subscribed to: nothing happens in this app any more. */
  readonly dispose: () => void;
}

export function createApp(): App {
  const parts = makeParts();
  const { store, queries, conversation, sideSound, check, ratings, keeper } = parts;
  const { devices, end } = follow(parts);
  const leave = (): void => {
    check.stop();
    conversation.stop();
    sideSound.stop();
    ratings.dispose();
    keeper.flush();
  };
  return {
    store,
    queries,
    translations: createTranslations(store.getState().preferences.language),
    services: servicesOf(parts, devices),
    diagnostics: () => conversation.diagnostics,
    leave,
    dispose: () => {
      end();
      leave();
      parts.signIn.dispose();
      parts.serverReturn.dispose();
      parts.tabs.close();
      parts.sync.dispose();
      parts.elsewhere.dispose();
      keeper.dispose();
      queries.clear();
    },
  };
}

export function AppRoot({ app }: { readonly app: App }): ReactNode {
  const { store, translations, queries } = app;
  useEffect(() => {
    const show = ({ language, theme, motion }: Preferences): void => {
      void translations.changeLanguage(language);
      document.documentElement.lang = LANGUAGES[language].tag;
      document.documentElement.dataset.theme = theme;
      document.documentElement.dataset.motion = motion;
      document.title = translations.t('app.title', { lng: language });
    };
    show(store.getState().preferences);
    return store.subscribe((state, before) => {
      if (state.preferences !== before.preferences) show(state.preferences);
    });
  }, [store, translations]);
  return (
    <I18nextProvider i18n={translations}>
      <QueryClientProvider client={queries}>
        <PageProvider value={app.services}>
          <Page />
        </PageProvider>
      </QueryClientProvider>
    </I18nextProvider>
  );
}
