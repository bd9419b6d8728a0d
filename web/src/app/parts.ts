/**
 * Makes what one page is made of, each part given what it needs of the others.
 *
 * Owns which parts there are. Nothing listens to anything yet: what follows what is in `following.ts`.
 */
import { QueryClient } from '@tanstack/react-query';

import {
  Api,
  changePreferences,
  isServerThere,
  mayBeThereSoon,
  putRating,
  readPreferences,
} from '../api/index.ts';
import { SoundCheck, openAudio, openPlainAudio, openSideOutput } from '../audio/index.ts';
import { openWebSocket } from '../connection/index.ts';
import {
  ChosenElsewhere,
  Conversation,
  Deletions,
  Keeper,
  keepPreferences,
  KeyRing,
  openChannel,
  PreferenceSync,
  Ratings,
  readPreferences as readKeptPreferences,
  Replays,
  ServerReturn,
  SideSound,
  SignIn,
  Tabs,
} from '../conversation/index.ts';
import { preferredLanguage } from '../i18n/index.ts';
import { createConversationStore, soundChoice } from '../state/index.ts';
import type { ConversationStore, Preferences } from '../state/index.ts';
import { isPlainWanted, realtimeAt } from './server-address.ts';

export interface Parts extends Talk, Memory, Choosing {
  readonly store: ConversationStore;
  readonly keys: KeyRing;
  readonly api: Api;
  readonly queries: QueryClient;
  readonly ratings: Ratings;
  readonly signIn: SignIn;
  readonly serverReturn: ServerReturn;
}

/** What talks. */
interface Talk {
  readonly conversation: Conversation;
  readonly replays: Replays;
  readonly sideSound: SideSound;
  readonly check: SoundCheck;
}

/** What remembers the conversation, and keeps the tabs out of each other's. */
interface Memory {
  readonly keeper: Keeper;
  readonly deletions: Deletions;
  readonly tabs: Tabs;
}

/** What the user chooses, here and elsewhere. */
interface Choosing {
  readonly sync: PreferenceSync;
  readonly elsewhere: ChosenElsewhere;
  /** Puts in force what was chosen here, and keeps it in this browser. */
  readonly prefer: (preferences: Partial<Preferences>) => void;
}

export function makeParts(): Parts {
  const store = makeStore();
  const keys = new KeyRing(sessionStorage);
  const api = new Api({ base: document.baseURI, key: () => keys.key });
  // Rooms show what they knew while they ask again; they say themselves when an answer does not come.
  const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2000 } } });
  const talk = makeTalk(store, keys);
  const memory = makeMemory(store, talk.conversation);
  const ratings = new Ratings({
    tell: (where, rating) => putRating(api, where, rating),
    isPassing: mayBeThereSoon,
    storage: localStorage,
    user: () => memory.keeper.user,
    conversation: () => store.getState().conversationId,
  });
  const signIn = makeSignIn({ keys, queries, ratings, ...talk, ...memory });
  const choosing = makeChoosing({ store, keys, api, ratings, signIn, conversation: talk.conversation });
  const serverReturn = new ServerReturn({
    store,
    isThere: (signal) => isServerThere(api, signal),
    isSeen: () => !document.hidden,
    goOn: () => talk.conversation.retry(),
  });
  return { store, keys, api, queries, ratings, ...talk, ...memory, ...choosing, signIn, serverReturn };
}

function makeStore(): ConversationStore {
  const store = createConversationStore();
  const language = preferredLanguage(navigator.languages);
  const preferences = { language, ...readKeptPreferences(localStorage) };
  store.dispatch({ type: 'preferences.changed', preferences });
  return store;
}

function makeTalk(store: ConversationStore, keys: KeyRing): Talk {
  const sideSound = new SideSound({
    open: openSideOutput,
    speaker: () => store.getState().preferences.speaker,
    makeWay: () => {
      check.stop();
      conversation.makeWay();
    },
  });
  const replays = new Replays({
    onTurn: () => {
      sideSound.stop();
    },
  });
  const conversation = new Conversation({
    store,
    openAudio: isPlainWanted() ? openPlainAudio : openAudio,
    openTransport: (listener, query) =>
      openWebSocket(() => realtimeAt(keys.key, query))(replays.tap(listener)),
  });
  const check = new SoundCheck({
    choice: () => soundChoice(store.getState()),
    hush: (isHushed) => {
      // A test is not to hear what is played beside it.
      if (isHushed) sideSound.stop();
      conversation.sound.hush(isHushed);
    },
  });
  return { conversation, replays, sideSound, check };
}

function makeChoosing({
  store,
  keys,
  api,
  ratings,
  signIn,
  conversation,
}: Pick<Parts, 'store' | 'keys' | 'api' | 'ratings' | 'signIn' | 'conversation'>): Choosing {
  const elsewhere = new ChosenElsewhere(store, (preferences) => {
    conversation.setPreferences(preferences);
  });
  const prefer = (preferences: Partial<Preferences>): void => {
    elsewhere.chosenHere(preferences);
    conversation.setPreferences(preferences);
    keepPreferences(localStorage, preferences);
  };
  const sync = new PreferenceSync({
    storage: localStorage,
    preferences: () => elsewhere.preferences,
    adopt: (preferences) => {
      elsewhere.take(preferences);
      keepPreferences(localStorage, preferences);
    },
    key: () => keys.key,
    onUser: (user) => {
      signIn.signedInAs(user);
      // What they thought of replies may have waited for them.
      void ratings.flush();
    },
    fetchKept: () => readPreferences(api),
    sendChoices: (choices) => changePreferences(api, choices),
  });
  return { elsewhere, prefer, sync };
}

function makeMemory(store: ConversationStore, conversation: Conversation): Memory {
  const deletions: Deletions = new Deletions({
    storage: localStorage,
    store,
    user: () => keeper.user,
    clear: () => {
      conversation.clearHistory();
    },
  });
  const keeper = new Keeper({
    store,
    storage: localStorage,
    tab: sessionStorage,
    isDeleted: (kept) => deletions.has(kept),
  });
  const tabs = new Tabs({
    store,
    open: openChannel,
    giveWay: () => {
      keeper.giveWay();
    },
  });
  return { keeper, deletions, tabs };
}

function makeSignIn(parts: Pick<Parts, 'keys' | 'queries' | 'ratings'> & Talk & Memory): SignIn {
  const { keys, keeper, ratings, conversation, queries, replays, sideSound, check, tabs } = parts;
  return new SignIn({
    keys,
    keeper,
    ratings,
    letGo: () => {
      check.stop();
      conversation.stop();
      sideSound.stop();
      replays.forget();
      queries.clear();
      forgetDrafts(sessionStorage);
    },
    restore: (transcript) => {
      conversation.restore(transcript);
      tabs.ask();
    },
  });
}

/** What was being written in the rooms is nobody else's to go on with. */
function forgetDrafts(storage: Storage): void {
  const drafts = Object.keys(storage).filter((name) => name.startsWith('vivavoce.draft.'));
  for (const name of drafts) storage.removeItem(name);
}
