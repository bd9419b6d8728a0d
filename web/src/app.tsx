/**
 * The composition root: the only place that knows all layers, and joins them.
 */
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import type { i18n } from 'i18next';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';

import { Api, changePreferences, listPersonas, putRating, readPreferences } from './api/index.ts';
import { SoundCheck, openAudio, openPlainAudio, openReplay, watchDevices } from './audio/index.ts';
import { openWebSocket, probeRefusal } from './connection/index.ts';
import type { WebSocketOptions } from './connection/index.ts';
import {
  Conversation,
  Keeper,
  KeyRing,
  openChannel,
  PreferenceSync,
  Tabs,
  Replays,
} from './conversation/index.ts';
import type { Diagnostics } from './conversation/index.ts';
import { createTranslations, LANGUAGES, preferredLanguage } from './i18n/index.ts';
import { createConversationStore, soundChoice } from './state/index.ts';
import type { ConversationStore, Preferences } from './state/index.ts';
import { Page, PageProvider, Ratings } from './ui/index.ts';
import type { Intents, PageServices } from './ui/index.ts';

/** Everything one page is made of. */
export interface App {
  readonly store: ConversationStore;
  readonly services: PageServices;
  readonly queries: QueryClient;
  readonly translations: i18n;
  readonly diagnostics: () => Diagnostics;
  /** Frees devices and link, and writes down what is to be kept; the page may be shown again afterwards. */
  readonly leave: () => void;
}

export function createApp(): App {
  const store = createConversationStore();
  store.dispatch({
    type: 'preferences.changed',
    preferences: { language: preferredLanguage(navigator.languages) },
  });
  const keeper = new Keeper(store, localStorage, sessionStorage);
  new Tabs(store, openChannel);
  const keys = new KeyRing(sessionStorage);
  const api = new Api({ base: document.baseURI, key: () => keys.key });
  const sync: PreferenceSync = new PreferenceSync({
    storage: localStorage,
    preferences: () => store.getState().preferences,
    adopt: (preferences) => {
      conversation.setPreferences(preferences);
    },
    isSignedIn: () => keys.hasKey,
    fetchKept: () => readPreferences(api),
    sendChoices: (choices) => changePreferences(api, choices),
  });
  const replays = new Replays({ openReplay, speaker: () => store.getState().preferences.speaker });
  store.subscribe((state) => {
    replays.follow(state);
  });
  const ratings = new Ratings({
    tell: (where, rating) => putRating(api, where, rating),
    storage: localStorage,
    conversation: () => store.getState().conversationId,
  });
  const conversation = new Conversation({
    store,
    onChosen: (preferences) => {
      sync.chose(preferences);
    },
    openAudio: isPlainWanted() ? openPlainAudio : openAudio,
    openTransport: (listener, query) => openWebSocket(() => server(keys.key, query))(replays.tap(listener)),
  });
  const check = new SoundCheck({
    choice: () => soundChoice(store.getState()),
    hush: (isHushed) => {
      conversation.sound.hush(isHushed);
    },
  });
  // Open as long as the page is: devices come and go before a conversation too.
  const devices = watchDevices((list) => {
    conversation.setDevices(list);
  });
  store.subscribe(({ microphoneInUse }, before) => {
    if (microphoneInUse !== before.microphoneInUse) devices.refresh();
  });
  const askForCharacters = async (): Promise<void> => {
    // The conversation does not depend on it: without an answer the page offers no choice.
    const characters = await listPersonas(api).catch(() => []);
    if (characters.length > 0) conversation.setCharacters(characters);
  };
  void askForCharacters();
  store.subscribe(({ connection }, before) => {
    if (connection.kind !== 'online' || before.connection.kind === 'online') return;
    void askForCharacters();
    void ratings.flush();
  });
  void sync.sync();
  // Rooms show what they knew while they ask again; they say themselves when an answer does not come.
  const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2000 } } });
  keys.subscribe(() => {
    // What one user was shown is not another's to see.
    queries.clear();
    void sync.sync();
    void askForCharacters();
  });
  // Back from elsewhere: something may have been chosen there.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void sync.sync();
  });
  const translations = createTranslations(store.getState().preferences.language);
  return {
    store,
    translations,
    queries,
    services: {
      store,
      intents: intentsOf(conversation, store),
      sounds: conversation.sound,
      checks: {
        get sound() {
          return check.sound;
        },
        nameDevices: async () => {
          const outcome = await check.nameDevices();
          devices.refresh();
          return outcome;
        },
        microphone: async (onStep) => {
          const outcome = await check.microphone(onStep);
          devices.refresh();
          return outcome;
        },
        speaker: () => check.speaker(),
        stop: () => {
          check.stop();
        },
      },
      face: conversation.face,
      replays,
      ratings,
      api,
      keys,
      setKey: (key) => {
        keys.key = key;
      },
    },
    diagnostics: () => conversation.diagnostics,
    leave: () => {
      check.stop();
      conversation.stop();
      replays.stop();
      ratings.dispose();
      keeper.flush();
    },
  };
}

function intentsOf(conversation: Conversation, store: ConversationStore): Intents {
  return {
    start: (how) => conversation.start(how),
    retry: () => conversation.retry(),
    stop: () => {
      conversation.stop();
    },
    sendText: (text) => {
      conversation.sendText(text);
    },
    interrupt: () => {
      conversation.interrupt();
    },
    hold: () => {
      conversation.hold();
    },
    release: () => {
      conversation.release();
    },
    setMuted: (isMuted) => {
      conversation.setMuted(isMuted);
    },
    setPreferences: (preferences) => {
      conversation.setPreferences(preferences);
    },
    setCharacters: (characters) => {
      conversation.setCharacters(characters);
    },
    unblockSound: () => conversation.sound.unblock(),
    clearHistory: () => {
      conversation.clearHistory();
    },
    openConversation: (earlier) => {
      conversation.openConversation(earlier);
    },
    answerTool: (id, isApproved) => {
      conversation.answerTool(id, isApproved);
    },
    dismiss: (code) => {
      store.dispatch({ type: 'problem.gone', code });
    },
  };
}

/** For trying out, in any browser, what one without an audio thread gets: `?input=webm`. */
function isPlainWanted(): boolean {
  return new URLSearchParams(window.location.search).get('input') === 'webm';
}

/** Where the server is: wherever the page came from. */
function server(key: string | null, query: Readonly<Record<string, string>>): WebSocketOptions {
  const url = new URL('v1/realtime?model=local', document.baseURI);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const models = new URL('v1/models', document.baseURI).href;
  return { url: url.href, key, probe: () => probeRefusal(models, key) };
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
