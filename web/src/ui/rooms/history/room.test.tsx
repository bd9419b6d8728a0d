// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeRest, Refusal } from '../../../api/testing.ts';
import type { Asked } from '../../../api/testing.ts';
import { createTranslations } from '../../../i18n/index.ts';
import { createConversationStore } from '../../../state/index.ts';
import { silence } from '../../testing.tsx';
import type { Action } from '../../testing.tsx';
import { PageProvider } from '../../page-context.ts';
import type { PageServices } from '../../page-context.ts';
import HistoryRoom from './index.tsx';

const NOW = new Date(2026, 10, 20, 12, 0).getTime();
const DAY = 86_400_000;

const head = (id: string, title: string, daysAgo = 0) => ({
  id,
  title,
  persona: 'viva',
  engine: '',
  language: 'en',
  created_at: (NOW - daysAgo * DAY) / 1000,
  updated_at: (NOW - daysAgo * DAY) / 1000,
  messages: 2,
});

const entry = (id: string, said: string, changes: object = {}) => ({
  id,
  kind: 'message',
  role: 'user',
  source: 'audio',
  said,
  heard: null,
  is_interrupted: false,
  is_aside: false,
  has_sound: false,
  response_id: '',
  call: null,
  created_at: NOW / 1000,
  ...changes,
});

const WHOLE = {
  ...head('c1', 'Tea'),
  entries: [
    entry('q', 'Is there tea?'),
    entry('a', 'Yes, green and black.', {
      role: 'assistant',
      heard: 'Yes, green',
      is_interrupted: true,
      response_id: 'r',
    }),
  ],
  turns: [{ response_id: 'r', timings: { first_audio: 300 }, memories: [{ id: 'm1', text: 'Likes tea.' }] }],
};

function answering({ method, path }: Asked): unknown {
  if (method === 'DELETE') return { deleted: true, count: 2 };
  if (path.includes('query='))
    return { data: [{ ...head('c1', 'Tea'), entry_id: 'q', snippet: 'Is there tea?' }] };
  if (path.startsWith('/v1/conversations/c1')) return WHOLE;
  return { data: [head('c1', 'Tea'), head('c2', 'Rome', 1), head('c3', '', 9)], has_more: false };
}

function shown(answer: (asked: Asked) => unknown = answering) {
  const rest = new FakeRest(answer);
  const store = createConversationStore();
  const intents = {
    clearHistory: vi.fn(),
    forgetConversation: vi.fn(),
    openConversation: vi.fn(),
    setPreferences: vi.fn(),
  };
  // The rooms read no other service.
  const sideSound = silence();
  const listeners = new Set<() => void>();
  const keys: PageServices['keys'] = {
    hasKey: true,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const changeKey = (): void => {
    for (const listener of listeners) listener();
  };
  const services = { store, intents, sideSound, keys, api: rest.api } as unknown as PageServices;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <I18nextProvider i18n={createTranslations('en')}>
      <QueryClientProvider client={queries}>
        <PageProvider value={services}>
          <HistoryRoom />
        </PageProvider>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return { rest, store, intents, sideSound, queries, changeKey };
}

/** A server that takes its time over each conversation, until the test has it answer. */
function slowly(): { readonly answer: (asked: Asked) => unknown; readonly arrive: (id: string) => void } {
  const arriving = new Map<string, () => void>();
  return {
    answer: (asked) => {
      const id = /conversations\/(\w+)/.exec(asked.path)?.[1];
      if (id === undefined) return answering(asked);
      return new Promise((resolve) => {
        arriving.set(id, () => {
          resolve({ ...WHOLE, ...head(id, id) });
        });
      });
    },
    arrive: (id) => {
      arriving.get(id)?.();
    },
  };
}

const settle = (ms = 20): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

function nth(elements: readonly HTMLElement[], place: number): HTMLElement {
  const element = elements[place];
  if (element === undefined) throw new Error(`there is no element ${place}`);
  return element;
}

const rows = (): readonly HTMLElement[] => screen.queryAllByTestId('conversation');
const titles = (): readonly string[] =>
  screen.queryAllByTestId('conversation-title').map(({ textContent }) => textContent);
const click = async (id: string, place = 0): Promise<void> => {
  fireEvent.click(nth(screen.getAllByTestId(id), place));
  await settle();
};

beforeEach(() => {
  // A browser takes a moment to go back, and this one does not at all.
  vi.spyOn(window.history, 'go').mockImplementation(() => {
    window.history.replaceState(null, '', window.location.pathname);
  });
  vi.useFakeTimers({ now: NOW });
  window.history.replaceState(null, '', '#/history');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the list', () => {
  it('should stand in the shape of what comes, and then by days', async () => {
    shown();
    expect(screen.getByTestId('room-loading')).toBeTruthy();
    await settle();
    expect(screen.getAllByRole('heading').map(({ textContent }) => textContent)).toEqual([
      'Today',
      'Yesterday',
      'Earlier',
    ]);
    expect(titles()).toEqual(['Tea', 'Rome', 'Without a title']);
    expect(rows()[0]?.textContent).toContain('2 messages');
  });

  it('should mark the conversation that the page is in', async () => {
    const { store } = shown();
    await settle();
    act(() => {
      store.dispatch({
        type: 'server.said',
        event: { type: 'conversation.created', conversation_id: 'c2' },
        at: NOW,
      });
    });
    expect(within(nth(rows(), 1)).getByTestId('now').textContent).toBe('now');
    expect(screen.getAllByTestId('now')).toHaveLength(1);
  });

  it('should say what to do when the server is away, and try again', async () => {
    const { rest } = shown(() => new TypeError('no network'));
    await settle();
    expect(screen.getByTestId('room-error').textContent).toContain('does not answer');
    rest.answer = answering;
    await click('room-retry');
    expect(rows()).toHaveLength(3);
  });

  it('should say that a server keeps no history, without offering to try again', async () => {
    shown(() => new Refusal(503, 'history_unavailable'));
    await settle();
    expect(screen.getByTestId('room-empty').textContent).toContain('keeps no history');
    expect(screen.queryByTestId('room-retry')).toBeNull();
  });

  it('should say what will be here while there is nothing', async () => {
    shown(() => ({ data: [], has_more: false }));
    await settle();
    expect(screen.getByTestId('room-empty').textContent).toContain('No conversations yet');
  });

  it('should grow page by page', async () => {
    shown(({ path }) =>
      path.includes('after=')
        ? { data: [head('c1', 'Tea'), head('c4', 'Four', 3)], has_more: false }
        : { data: [head('c1', 'Tea')], has_more: true, last_id: 'c1' },
    );
    await settle();
    fireEvent.click(screen.getByText('Show more'));
    await settle();
    expect(titles()).toEqual(['Tea', 'Four']);
  });
});

describe('the search', () => {
  it('should wait for the last letter, and mark what it found', async () => {
    const { rest } = shown();
    await settle();
    for (const value of ['t', 'te', 'tea']) {
      fireEvent.change(screen.getByTestId('room-search'), { target: { value } });
      await settle(50);
    }
    await settle(300);
    await settle();
    expect(rest.asked.filter(({ path }) => path.includes('query=')).map(({ path }) => path)).toEqual([
      '/v1/conversations?limit=50&query=tea',
    ]);
    expect([...document.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual([
      'Tea',
      'tea',
    ]);
    expect(screen.getByTestId('conversation-title').getAttribute('href')).toBe('#/history/c1/q');
  });
});

describe('a conversation', () => {
  const rename = async (title: string): Promise<void> => {
    await click('conversation-more');
    await click('rename');
    fireEvent.change(screen.getByTestId('edit-text'), { target: { value: title } });
    await click('edit-keep');
  };

  it('should be renamed where it stands', async () => {
    const { rest } = shown();
    await settle();
    await rename('  Green   tea ');
    expect(rest.of('PATCH')).toMatchObject([{ path: '/v1/conversations/c1', body: { title: 'Green tea' } }]);
  });

  it('should have its new name at once, and its old one again when the server refuses', async () => {
    let refuse = (): void => undefined;
    shown((asked) => {
      if (asked.method !== 'PATCH') return answering(asked);
      return new Promise((resolve) => {
        refuse = () => {
          resolve(new Refusal(503, 'database_failed'));
        };
      });
    });
    await settle();
    await rename('Coffee');
    expect(titles()[0]).toBe('Coffee');
    refuse();
    await settle();
    expect(titles()[0]).toBe('Tea');
    expect(screen.getByTestId('saying').textContent).toContain('database_failed');
  });

  it('should keep its name when its user thinks better of it', async () => {
    const { rest } = shown();
    await settle();
    await click('conversation-more');
    await click('rename');
    fireEvent.change(screen.getByTestId('edit-text'), { target: { value: 'x' } });
    // An input method's own: the word it offered is thrown away, not the edit.
    fireEvent.keyDown(screen.getByTestId('edit-text'), { key: 'Escape', isComposing: true });
    expect(screen.getByTestId<HTMLInputElement>('edit-text').value).toBe('x');
    fireEvent.keyDown(screen.getByTestId('edit-text'), { key: 'Escape' });
    expect([titles()[0], rest.of('PATCH')]).toEqual(['Tea', []]);
  });

  it('should be deleted only after a question that says what is lost', async () => {
    const { rest, intents } = shown();
    await settle();
    await click('conversation-more');
    await click('delete');
    expect(screen.getByTestId('question').textContent).toContain('cannot be brought back');
    await click('question-no');
    expect(rest.of('DELETE')).toEqual([]);
    await click('delete');
    rest.answer = (asked) =>
      asked.method === 'GET' ? { data: [head('c2', 'Rome', 1)], has_more: false } : answering(asked);
    await click('question-yes');
    expect(rest.of('DELETE').map(({ path }) => path)).toEqual(['/v1/conversations/c1']);
    expect(titles()).toEqual(['Rome']);
    // Whoever shows it, in this tab or in another, is told.
    expect(intents.forgetConversation).toHaveBeenCalledExactlyOnceWith('c1');
  });

  it('should come back when it could not be deleted', async () => {
    shown((asked) => (asked.method === 'DELETE' ? new Refusal(503, 'database_failed') : answering(asked)));
    await settle();
    await click('conversation-more');
    await click('delete');
    await click('question-yes');
    expect(titles()).toEqual(['Tea', 'Rome', 'Without a title']);
    expect(screen.getByTestId('saying').textContent).toContain('database_failed');
  });

  it('should be gone on with: the page gets it as it is now, and the room closes', async () => {
    const { intents, store } = shown();
    store.dispatch({
      type: 'characters.listed',
      characters: [{ id: 'viva', name: 'Viva', names: {}, languages: ['en'] }],
    });
    await settle();
    await click('continue');
    expect(intents.openConversation).toHaveBeenCalledOnce();
    expect(intents.openConversation.mock.calls[0]?.[0]).toMatchObject({ id: 'c1' });
    expect(intents.setPreferences).toHaveBeenCalledWith({ character: 'viva' });
    expect(window.location.hash).toBe('');
  });

  it('should not be opened late, after its user went on with another', async () => {
    const { answer, arrive } = slowly();
    const { intents } = shown(answer);
    await settle();
    await click('continue');
    await click('continue', 1);
    arrive('c1');
    await settle();
    expect(intents.openConversation).not.toHaveBeenCalled();
    expect(window.location.hash).toBe('#/history');
    arrive('c2');
    await settle();
    expect(intents.openConversation.mock.calls).toMatchObject([[{ id: 'c2' }]]);
    expect(screen.getByTestId('saying').textContent).toBe('');
  });

  it.each([
    ['left the room', cleanup],
    [
      'went to look at another',
      () => {
        act(() => {
          window.history.replaceState(null, '', '#/history/c3');
          window.dispatchEvent(new Event('hashchange'));
        });
      },
    ],
  ])('should not be opened late, after its user %s', async (_, leave) => {
    const { answer, arrive } = slowly();
    const { intents } = shown(answer);
    await settle();
    await click('continue');
    leave();
    await settle();
    const { hash } = window.location;
    arrive('c1');
    await settle();
    expect(intents.openConversation).not.toHaveBeenCalled();
    expect(intents.setPreferences).not.toHaveBeenCalled();
    expect(window.location.hash).toBe(hash);
  });

  it('should not be opened for whoever signs in while it is on its way', async () => {
    const { answer, arrive } = slowly();
    const { intents, changeKey, queries } = shown(answer);
    await settle();
    await click('continue');
    act(changeKey);
    arrive('c1');
    await settle();
    expect(intents.openConversation).not.toHaveBeenCalled();
    expect(queries.getQueryData(['conversations', 'one', 'c1'])).toBeUndefined();
    expect(nth(screen.getAllByTestId('continue'), 0).hasAttribute('disabled')).toBe(false);
  });

  it('should stay unopened, and say so, when it is gone', async () => {
    const { intents, rest } = shown();
    await settle();
    rest.answer = () => new Refusal(404, 'conversation_not_found');
    await click('continue');
    expect(intents.openConversation).not.toHaveBeenCalled();
    expect(screen.getByTestId('saying').textContent).toContain('not there any more');
  });
});

describe('an open conversation', () => {
  it('should show who said what, what was not heard, and what a reply rests on', async () => {
    window.history.replaceState(null, '', '#/history/c1');
    shown();
    await settle();
    const [question, answer] = [0, 1].map((place) => nth(screen.getAllByTestId('entry'), place));
    expect(question?.textContent).toContain('Is there tea?');
    expect(answer?.querySelector('del')?.textContent).toContain('and black.');
    expect(answer?.querySelector('a')?.getAttribute('href')).toBe('#/memories/m1');
    expect(within(nth(screen.getAllByTestId('entry'), 1)).getByTestId('timing')).toBeTruthy();
    expect(screen.queryByTestId('export-audio')).toBeNull();
  });

  it('should offer the recording where there is one', async () => {
    window.history.replaceState(null, '', '#/history/c1');
    const { sideSound } = shown(() => ({
      ...WHOLE,
      entries: [entry('q', 'Is there tea?', { has_sound: true })],
    }));
    await settle();
    fireEvent.click(screen.getByTestId('play-entry'));
    expect(sideSound.play.mock.calls[0]?.[0]).toBe('entry c1 q ');
    expect(screen.getByTestId('play-entry').getAttribute('aria-label')).toBe('Play the recording');
    expect(screen.getByTestId('export-audio')).toBeTruthy();
  });
});

it('should delete everything only after a question', async () => {
  const { rest, intents } = shown();
  await settle();
  await click('delete-all');
  rest.answer = (asked) =>
    asked.method === 'DELETE' ? { deleted: true, count: 3 } : { data: [], has_more: false };
  await click('question-yes');
  expect(rest.of('DELETE').map(({ path }) => path)).toEqual(['/v1/conversations']);
  expect(intents.forgetConversation).toHaveBeenCalledExactlyOnceWith(null);
  expect(screen.getByTestId('saying').textContent).toContain('Deleted: 3');
});

const SAID: readonly Action[] = [
  { type: 'text.typed', id: 'u', text: 'Hi.', at: NOW },
  { type: 'server.said', event: { type: 'conversation.created', conversation_id: 'c9' }, at: NOW },
];

it('should begin a new conversation at once where the present one is kept', async () => {
  const { intents, store } = shown();
  for (const action of SAID) store.dispatch(action);
  await settle();
  await click('new-conversation');
  expect(intents.clearHistory).toHaveBeenCalledOnce();
  expect(window.location.hash).toBe('');
});

it('should ask before a conversation is lost that the server does not keep', async () => {
  const { intents, store } = shown(() => new Refusal(503, 'history_unavailable'));
  for (const action of SAID) store.dispatch(action);
  await settle();
  await click('new-conversation');
  expect(screen.getByTestId('question').textContent).toContain('not kept by the server');
  await click('question-no');
  expect(intents.clearHistory).not.toHaveBeenCalled();
  await click('new-conversation');
  await click('question-yes');
  expect(intents.clearHistory).toHaveBeenCalledOnce();
});

it('should ask before an earlier conversation takes the place of one that is only here', async () => {
  const { intents, store } = shown();
  store.dispatch({ type: 'text.typed', id: 'u', text: 'Hi.', at: NOW });
  await settle();
  await click('continue');
  await click('question-no');
  expect(intents.openConversation).not.toHaveBeenCalled();
  await click('continue');
  await click('question-yes');
  expect(intents.openConversation).toHaveBeenCalledOnce();
});
