// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeRest, Refusal } from '../../../api/testing.ts';
import type { Asked } from '../../../api/testing.ts';
import { createTranslations } from '../../../i18n/index.ts';
import { createConversationStore } from '../../../state/index.ts';
import { PageProvider } from '../../page-context.ts';
import type { PageServices } from '../../page-context.ts';
import { TAKE_BACK_MS } from './forgetting.ts';
import MemoriesRoom from './index.tsx';

const memory = (id: string, text: string, changes: object = {}) => ({
  id,
  text,
  language: 'en',
  told_at: 1_700_000_000,
  conversation_id: 'c1',
  turn_id: 'q',
  confidence: 0.9,
  replaced_by: null,
  ...changes,
});

const DOG = memory('m1', 'I have a dog.');
const ROME = memory('m2', 'I live in Rome.', { conversation_id: '', turn_id: '', confidence: 1 });

function answering({ method, path, body }: Asked): unknown {
  if (path.startsWith('/v1/personas')) return { id: 'nobody', written: { memory: false } };
  if (method === 'POST') return memory('m3', (body as { text: string }).text);
  if (method === 'PATCH') return memory('m4', (body as { text: string }).text);
  if (method === 'DELETE') return { deleted: true, count: 2 };
  if (path === '/v1/memories/m1') return { ...DOG, replaced_by: 'm4' };
  return { data: [DOG, ROME], has_more: false };
}

function shown(answer: (asked: Asked) => unknown = answering) {
  const rest = new FakeRest(answer);
  const store = createConversationStore();
  // The room reads no other service.
  const services = { store, intents: {}, api: rest.api } as unknown as PageServices;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { unmount } = render(
    <I18nextProvider i18n={createTranslations('en')}>
      <QueryClientProvider client={queries}>
        <PageProvider value={services}>
          <MemoriesRoom />
        </PageProvider>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return { rest, store, unmount };
}

const settle = (ms = 20): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

const texts = (): readonly string[] =>
  screen.queryAllByTestId('memory-words').map(({ textContent }) => textContent);
const click = async (id: string): Promise<void> => {
  const [element] = screen.getAllByTestId(id);
  if (element !== undefined) fireEvent.click(element);
  await settle();
};

beforeEach(() => {
  vi.useFakeTimers();
  window.location.hash = '#/memories';
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what is remembered', () => {
  it('should be shown with how surely, and where it was said', async () => {
    shown();
    await settle();
    expect(texts()).toEqual(['I have a dog.', 'I live in Rome.']);
    const [dog, rome] = screen.getAllByTestId('memory');
    expect(dog?.textContent).toContain('you said so');
    expect(rome?.textContent).toContain('entered by you');
    expect(screen.getAllByTestId('memory-source').map((link) => link.getAttribute('href'))).toEqual([
      '#/history/c1/q',
    ]);
  });

  it('should be added to, and what was typed stays when the server refuses', async () => {
    const { rest } = shown();
    await settle();
    const field = screen.getByTestId<HTMLInputElement>('memory-text');
    fireEvent.change(field, { target: { value: '  I play   chess. ' } });
    rest.answer = (asked) =>
      asked.method === 'POST' ? new Refusal(503, 'memory_storage_failed') : answering(asked);
    await click('memory-add');
    expect(field.value).toContain('chess');
    expect(screen.getByTestId('saying').textContent).toContain('memory_storage_failed');
    rest.answer = answering;
    await click('memory-add');
    expect(rest.of('POST').at(-1)?.body).toEqual({ text: 'I play chess.' });
    expect(field.value).toBe('');
  });

  it('should be corrected in place at once, and be as it was when the server refuses', async () => {
    let answer: (refusal: Refusal) => void = vi.fn();
    shown((asked) =>
      asked.method === 'PATCH' ? new Promise((resolve) => (answer = resolve)) : answering(asked),
    );
    await settle();
    await click('memory-correct');
    fireEvent.change(screen.getByTestId('edit-text'), { target: { value: 'I have two dogs.' } });
    await click('edit-keep');
    expect(texts()[0]).toBe('I have two dogs.');
    answer(new Refusal(409, 'memory_replaced'));
    await settle();
    expect(texts()[0]).toBe('I have a dog.');
    expect(screen.getByTestId('saying').textContent).toContain('memory_replaced');
  });

  it('should be forgotten, unless that is taken back in time', async () => {
    const { rest } = shown();
    await settle();
    await click('memory-forget');
    expect(texts()).toEqual(['I live in Rome.']);
    await click('undo');
    expect(texts()).toHaveLength(2);
    await click('memory-forget');
    await settle(TAKE_BACK_MS);
    expect(rest.of('DELETE').map(({ path }) => path)).toEqual(['/v1/memories/m1']);
  });

  it('should be forgotten when the room is left meanwhile', async () => {
    const { rest, unmount } = shown();
    await settle();
    await click('memory-forget');
    unmount();
    expect(rest.of('DELETE')).toHaveLength(1);
  });

  it('should be forgotten as a whole only after a question', async () => {
    const { rest } = shown();
    await settle();
    await click('forget-all');
    expect(screen.getByTestId('question').textContent).toContain('cannot be brought back');
    await click('question-yes');
    expect(rest.of('DELETE').map(({ path }) => path)).toEqual(['/v1/memories']);
  });

  it('should be looked for', async () => {
    const { rest } = shown();
    await settle();
    fireEvent.change(screen.getByTestId('room-search'), { target: { value: 'dog' } });
    await settle(300);
    await settle();
    expect(rest.asked.at(-1)?.path).toBe('/v1/memories?query=dog');
    expect(document.querySelector('mark')?.textContent).toBe('dog');
  });

  it('should show what holds no longer where that is wanted', async () => {
    const { rest } = shown();
    await settle();
    await click('memories-replaced');
    expect(rest.asked.at(-1)?.path).toContain('replaced=true');
  });
});

it('should show the memory that a reply rested on, and what took its place', async () => {
  window.location.hash = '#/memories/m1';
  shown();
  await settle();
  const wanted = screen.getByTestId('wanted-memory');
  expect(wanted.textContent).toContain('corrected since');
  expect(wanted.querySelector(':scope > a')?.getAttribute('href')).toBe('#/memories/m4');
});

it('should say so when it has been forgotten since', async () => {
  window.location.hash = '#/memories/m9';
  shown((asked) =>
    asked.path === '/v1/memories/m9' ? new Refusal(404, 'memory_not_found') : answering(asked),
  );
  await settle();
  expect(screen.getByTestId('wanted-memory').textContent).toContain('forgotten since');
});

it('should say that the character remembers nobody', async () => {
  const { store } = shown();
  act(() => {
    store.dispatch({
      type: 'characters.listed',
      characters: [{ id: 'nobody', name: 'Nobody', names: {}, languages: ['en'] }],
    });
    store.dispatch({ type: 'preferences.changed', preferences: { character: 'nobody' } });
  });
  await settle();
  expect(screen.getByTestId('forgetful').textContent).toContain('Nobody does not use memories');
});

it('should say that the server remembers nothing', async () => {
  shown(() => new Refusal(503, 'memory_unavailable'));
  await settle();
  expect(screen.getByTestId('room-empty').textContent).toContain('remembers nothing');
});
