/** Set-up for tests of the page's components: services that do nothing, and news to show. */
import { act, render } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import { vi } from 'vitest';
import type { Mock } from 'vitest';

import { Api } from '../api/index.ts';
import type { FaceFeed } from '../avatar/feed.ts';
import type { i18n } from 'i18next';
import { createTranslations } from '../i18n/index.ts';
import { createConversationStore } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { PageProvider } from './page-context.ts';
import type { Intents, PageServices, SideSource } from './page-context.ts';
import { Page } from './page.tsx';

export type Action = Parameters<ConversationStore['dispatch']>[0];
export type ServerEvent = Extract<Action, { readonly type: 'server.said' }>['event'];

export const AT = 1_700_000_000_000;

function intentsForTest(): Mocked<Intents> {
  return {
    start: vi.fn<Intents['start']>(() => Promise.resolve()),
    retry: vi.fn<Intents['retry']>(() => Promise.resolve()),
    stop: vi.fn(),
    sendText: vi.fn(),
    interrupt: vi.fn(),
    hold: vi.fn(),
    release: vi.fn(),
    setMuted: vi.fn(),
    setPreferences: vi.fn(),
    setCharacters: vi.fn(),
    unblockSound: vi.fn<Intents['unblockSound']>(() => Promise.resolve()),
    clearHistory: vi.fn(),
    forgetConversation: vi.fn(),
    openConversation: vi.fn(),
    answerTool: vi.fn(),
    dismiss: vi.fn(),
  };
}

const BLANK_FACE: FaceFeed = {
  readVisemes: () => false,
  readReply: () => false,
  mood: 'idle',
  expression: null,
  action: null,
};

type Mocked<Part> = {
  readonly [Name in keyof Part]: Part[Name] extends (...given: never) => unknown
    ? Mock<Part[Name]>
    : Part[Name];
};

interface Shown {
  readonly intents: Mocked<Intents>;
  readonly setKey: Mock<(key: string) => void>;
  readonly translations: i18n;
  /** Answers for the server; by default it is there. */
  readonly ask: Mock<Api['fetch']>;
  readonly tell: (...later: readonly Action[]) => void;
  readonly sideSound: ReturnType<typeof silence>;
  readonly ratings: Mocked<Pick<PageServices['ratings'], 'of' | 'rate'>>;
}

/** The sound of the reply `a1`. */
export const REPLY: SideSource = { samples: new Float32Array(1), sampleRateHz: 24_000 };

/** Nothing that is played beside the conversation. */
export function silence(): PageServices['sideSound'] &
  Mocked<Pick<PageServices['sideSound'], 'play' | 'stop'>> {
  return {
    state: { kind: 'silent' },
    subscribe: () => () => undefined,
    play: vi.fn<PageServices['sideSound']['play']>(() => Promise.resolve()),
    stop: vi.fn(),
  };
}

/** Shows the page after these actions. */
export function shown(...actions: readonly Action[]): Shown {
  const store = createConversationStore();
  const intents = intentsForTest();
  const setKey = vi.fn();
  const api = new Api({ base: 'http://localhost/', key: () => null });
  const ask = vi.spyOn(api, 'fetch').mockImplementation(() => Promise.resolve(new Response('{}')));
  const translations = createTranslations('en');
  // No graphics here: a face would fail, and say so, whenever it happened to be loaded in time.
  store.dispatch({ type: 'preferences.changed', preferences: { face: 'none' } });
  for (const action of actions) store.dispatch(action);
  const replays = {
    kept: new Set(['a1']),
    subscribe: () => () => undefined,
    soundOf: () => REPLY,
  };
  const sideSound = silence();
  const ratings = {
    of: vi.fn<PageServices['ratings']['of']>(() => null),
    rate: vi.fn(),
    subscribe: () => () => undefined,
  };
  const services = { replays, sideSound, ratings, store, intents, setKey, api, face: BLANK_FACE };
  render(
    <I18nextProvider i18n={translations}>
      <PageProvider value={{ ...services, sounds: { microphone: null, reply: null } }}>
        <Page />
      </PageProvider>
    </I18nextProvider>,
  );
  const tell = (...later: readonly Action[]): void => {
    act(() => {
      for (const action of later) store.dispatch(action);
    });
  };
  return { intents, setKey, translations, tell, sideSound, ratings, ask };
}

export function said(...events: readonly ServerEvent[]): readonly Action[] {
  return events.map((event) => ({ type: 'server.said', event, at: AT }));
}

export const ONLINE: readonly Action[] = [
  { type: 'conversation.starting' },
  { type: 'conversation.running', hasMicrophone: true },
  { type: 'connection.changed', connection: { kind: 'online' } },
  ...said({ type: 'vivavoce.turn.state', state: 'listening', reason: '' }),
];

export const ANSWERED: readonly Action[] = [
  { type: 'text.typed', id: 'u1', text: 'What time is it?', at: AT },
  ...said(
    { type: 'vivavoce.turn.state', state: 'speaking', reason: '' },
    {
      type: 'vivavoce.output.segment',
      response_id: 'r1',
      item_id: 'a1',
      first_sample: 0,
      samples: 100,
      text: 'It is',
    },
    {
      type: 'vivavoce.output.segment',
      response_id: 'r1',
      item_id: 'a1',
      first_sample: 100,
      samples: 100,
      text: 'noon.',
    },
    { type: 'vivavoce.turn.timing', response_id: 'r1', marks: { first_audio: 412.4, transcript: 80 } },
  ),
  { type: 'playout.progress', playhead: { item: 'a1', played: 100 } },
];
