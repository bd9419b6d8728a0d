/** Set-up for tests of rooms: one component with a store, a server that answers by a table, and intents that are noted. */
import { render } from '@testing-library/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { I18nextProvider } from 'react-i18next';
import { vi } from 'vitest';
import type { ReactNode } from 'react';
import type { Mock } from 'vitest';

import { FakeRest } from '../../../api/testing.ts';
import { createTranslations } from '../../../i18n/index.ts';
import { createConversationStore } from '../../../state/index.ts';
import type { Preferences } from '../../../state/index.ts';
import { PageProvider } from '../../page-context.ts';
import type { Intents, PageServices } from '../../page-context.ts';
import { silence } from '../../testing.tsx';

export interface ShownRoom {
  readonly rest: FakeRest;
  readonly setPreferences: Mock<Intents['setPreferences']>;
  readonly setCharacters: Mock<Intents['setCharacters']>;
  readonly sendText: Mock<Intents['sendText']>;
  readonly forgetConversation: Mock<Intents['forgetConversation']>;
  readonly setKey: Mock<PageServices['setKey']>;
}

interface RoomSetUp {
  /** By path; what is missing answers 404. */
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly preferences?: Partial<Preferences>;
  readonly hasKey?: boolean;
}

export function showRoom(
  room: ReactNode,
  { answers = {}, preferences = {}, hasKey = false }: RoomSetUp = {},
): ShownRoom {
  const rest = new FakeRest(({ path }) => answers[path] ?? new Response('{}', { status: 404 }));
  const store = createConversationStore();
  store.dispatch({ type: 'preferences.changed', preferences });
  const intents = {
    setPreferences: vi.fn<Intents['setPreferences']>((next) => {
      store.dispatch({ type: 'preferences.changed', preferences: next });
    }),
    setCharacters: vi.fn<Intents['setCharacters']>((characters) => {
      store.dispatch({ type: 'characters.listed', characters });
    }),
    sendText: vi.fn<Intents['sendText']>(),
    forgetConversation: vi.fn<Intents['forgetConversation']>(),
  };
  const setKey = vi.fn<PageServices['setKey']>();
  const services: Partial<PageServices> = {
    sideSound: silence(),
    store,
    api: rest.api,
    setKey,
    keys: { hasKey, subscribe: () => () => undefined },
    // A room sends no other intents.
    intents: intents as Partial<Intents> as Intents,
  };
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <I18nextProvider i18n={createTranslations('en')}>
      <QueryClientProvider client={queries}>
        <PageProvider value={services as PageServices}>{room}</PageProvider>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return { rest, setKey, ...intents };
}
