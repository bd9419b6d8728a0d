// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { showRoom } from '../settings/testing.tsx';
import type { ShownRoom } from '../settings/testing.tsx';
import Room from './index.tsx';

beforeEach(() => {
  window.location.hash = '#/characters';
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

const LIN = {
  id: 'lin',
  name: 'Lin',
  names: { en: 'Lin', zh: '阿林' },
  languages: ['en', 'zh'],
  abouts: { en: 'A calm companion', zh: '沉稳的伙伴' },
  greetings: { en: 'Hello', zh: '你好' },
  voices: { en: 'am_michael' },
  speed: 0.95,
  is_own: false,
  is_shipped: true,
};
const WRITTEN = {
  name: { en: 'Lin', zh: '阿林' },
  languages: ['en', 'zh'],
  switches_languages: true,
  about: '',
  instructions: { en: 'You are Lin.', zh: '你是阿林。' },
  greeting: '',
  voice: null,
  speed: 0.95,
  expressions: [],
  tools: ['*'],
  engine: '',
  memory: true,
  fallback: { trouble: null, working: null, tool_failed: null },
};
const ANSWERS: Record<string, unknown> = {
  '/v1/personas': { data: [LIN] },
  '/v1/personas/problems': { data: [{ file: 'tom.yaml', message: 'line 3: not YAML' }] },
  '/v1/personas/lin': { ...LIN, written: WRITTEN },
  '/v1/preferences': { user: 'local', is_owner: true, data: {} },
  '/v1/voices': { data: [] },
  '/v1/engines': { data: [] },
};

it('should show who there is, and let one be chosen, which is said', async () => {
  const { setPreferences } = showRoom(<Room />, { answers: ANSWERS });
  const card = await screen.findByTestId('character-lin');
  expect(card.textContent).toContain('A calm companion');
  expect(card.textContent).toContain('Michael');
  fireEvent.click(within(card).getByTestId('choose'));
  expect(setPreferences).toHaveBeenCalledWith({ character: 'lin' });
  expect(screen.getByTestId('character-news').textContent).toBe('You are talking to Lin now.');
});

it('should show files that do not load', async () => {
  showRoom(<Room />, { answers: ANSWERS });
  expect((await screen.findByTestId('persona-problems')).textContent).toContain('line 3: not YAML');
});

it('should let only the owner write', async () => {
  const answers = { ...ANSWERS, '/v1/preferences': { user: 'ann', is_owner: false, data: {} } };
  showRoom(<Room />, { answers });
  expect(await screen.findByText(/Only the server’s owner/)).toBeTruthy();
  expect(screen.queryByTestId('edit')).toBeNull();
  expect(screen.queryByTestId('new-character')).toBeNull();
});

it('should have what was written again after the room was closed by a slip', async () => {
  window.location.hash = '#/characters/lin';
  showRoom(<Room />, { answers: ANSWERS });
  fireEvent.change(await screen.findByTestId('field-name'), { target: { value: 'Linus' } });
  cleanup();
  const { rest } = showRoom(<Room />, { answers: ANSWERS });
  expect((await screen.findByTestId<HTMLInputElement>('field-name')).value).toBe('Linus');
  expect(screen.getByTestId('restored')).toBeTruthy();
  fireEvent.submit(screen.getByTestId('character-editor'));
  await waitFor(() => {
    expect(rest.of('PUT')[0]?.body).toMatchObject({ name: { en: 'Linus', zh: '阿林' } });
  });
  expect(sessionStorage.length).toBe(0);
});

it('should show a refusal at the field and in the language that it is about', async () => {
  window.location.hash = '#/characters/lin';
  const { rest } = showRoom(<Room />, { answers: ANSWERS });
  fireEvent.change(await screen.findByTestId('field-name'), { target: { value: 'Linus' } });
  const answer = rest.answer;
  const error = { code: 'invalid_value', message: 'Too short.', param: 'instructions.zh' };
  rest.answer = (asked) =>
    asked.method === 'PUT' ? Response.json({ error }, { status: 400 }) : answer(asked);
  fireEvent.submit(screen.getByTestId('character-editor'));
  const field = await waitFor(() => {
    const shown = screen.getByTestId<HTMLTextAreaElement>('field-instructions');
    expect(shown.getAttribute('aria-invalid')).toBe('true');
    return shown;
  });
  expect(field.value).toBe('你是阿林。');
  fireEvent.change(field, { target: { value: '你是阿林，住在新加坡。' } });
  expect(screen.queryByTestId('refusal')).toBeNull();
});

it('should not write a new character over another', async () => {
  window.location.hash = '#/characters/new/lin';
  showRoom(<Room />, { answers: ANSWERS });
  const id = await screen.findByTestId<HTMLInputElement>('field-id');
  expect(id.value).toBe('lin-2');
  fireEvent.change(id, { target: { value: 'lin' } });
  expect(screen.getByRole('alert').textContent).toContain('already has this id');
  expect(screen.getByTestId<HTMLButtonElement>('save').disabled).toBe(true);
});

/** Answers a saving when the test says so. */
function withSlowSaving({ rest }: ShownRoom): (saved: Response) => void {
  let resolve: (saved: Response) => void = () => undefined;
  const saved = new Promise<Response>((keep) => {
    resolve = keep;
  });
  const answer = rest.answer;
  rest.answer = (asked) => (asked.method === 'PUT' ? saved : answer(asked));
  return resolve;
}

describe('a character that is being saved', () => {
  const saves = async (): Promise<void> => {
    fireEvent.submit(screen.getByTestId('character-editor'));
    await screen.findByText('Saving');
  };

  it('should be nobody’s to change until the answer is there, and say then that it is saved', async () => {
    window.location.hash = '#/characters/lin';
    const answer = withSlowSaving(showRoom(<Room />, { answers: ANSWERS }));
    const name = await screen.findByTestId<HTMLInputElement>('field-name');
    fireEvent.change(name, { target: { value: 'Linus' } });
    await saves();
    expect(name.closest('fieldset:disabled')).not.toBeNull();
    expect(screen.getByTestId<HTMLButtonElement>('discard').disabled).toBe(true);
    // Whatever still comes of the last key.
    fireEvent.change(name, { target: { value: 'Linu' } });
    answer(Response.json({ ...LIN, written: { ...WRITTEN, name: { en: 'Linus', zh: '阿林' } } }));
    expect(await screen.findByText('Saved.')).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>('field-name').value).toBe('Linus');
    expect(sessionStorage.length).toBe(0);
  });

  it('should not be called taken by itself', async () => {
    window.location.hash = '#/characters/new';
    const room = showRoom(<Room />, { answers: ANSWERS });
    const answer = withSlowSaving(room);
    fireEvent.change(await screen.findByTestId('field-name'), { target: { value: 'Mo' } });
    await saves();
    const seen: string[] = [];
    const watch = new MutationObserver(() => {
      seen.push(...screen.queryAllByRole('alert').map(({ textContent }) => textContent));
    });
    watch.observe(document.body, { childList: true, subtree: true });
    const mo = { ...LIN, id: 'mo', name: 'Mo', names: { en: 'Mo' }, languages: ['en'], is_own: true };
    const answers = room.rest.answer;
    room.rest.answer = (asked) => (asked.path === '/v1/personas' ? { data: [LIN, mo] } : answers(asked));
    answer(Response.json({ ...mo, written: { ...WRITTEN, name: 'Mo', languages: ['en'] } }));
    await waitFor(() => {
      expect(window.location.hash).toBe('#/characters/mo');
    });
    watch.disconnect();
    expect(seen).toEqual([]);
  });

  it('should not be offered again as unsaved, though the room was closed before the answer came', async () => {
    window.location.hash = '#/characters/lin';
    const answer = withSlowSaving(showRoom(<Room />, { answers: ANSWERS }));
    fireEvent.change(await screen.findByTestId('field-name'), { target: { value: 'Linus' } });
    await saves();
    cleanup();
    window.location.hash = '';
    answer(Response.json({ ...LIN, written: WRITTEN }));
    await waitFor(() => {
      expect(sessionStorage.length).toBe(0);
    });
    expect(window.location.hash).toBe('');
  });
});

it('should have no words written into a language that the character does not speak', async () => {
  window.location.hash = '#/characters/lin';
  const { rest } = showRoom(<Room />, { answers: ANSWERS });
  fireEvent.change(await screen.findByTestId('field-add-language'), { target: { value: 'ja' } });
  fireEvent.click(screen.getByTestId('discard'));
  fireEvent.click(screen.getByTestId('question-yes'));
  const name = screen.getByTestId<HTMLInputElement>('field-name');
  expect(name.value).toBe('Lin');
  fireEvent.change(name, { target: { value: 'Linus' } });
  fireEvent.submit(screen.getByTestId('character-editor'));
  await waitFor(() => {
    expect(rest.of('PUT')[0]?.body).toMatchObject({ name: { en: 'Linus', zh: '阿林' } });
  });
});

it('should let other words be looked at while some are refused', async () => {
  window.location.hash = '#/characters/lin';
  const { rest } = showRoom(<Room />, { answers: ANSWERS });
  fireEvent.change(await screen.findByTestId('field-name'), { target: { value: 'Linus' } });
  const answer = rest.answer;
  const error = { code: 'invalid_value', message: 'Too short.', param: 'instructions.zh' };
  rest.answer = (asked) =>
    asked.method === 'PUT' ? Response.json({ error }, { status: 400 }) : answer(asked);
  fireEvent.submit(screen.getByTestId('character-editor'));
  await screen.findByTestId('refusal');
  const name = (): string => screen.getByTestId<HTMLInputElement>('field-name').value;
  const shows = (language: string): void => {
    fireEvent.click(within(screen.getByTestId(`texts-${language}`)).getByRole('radio'));
  };
  expect(name()).toBe('阿林');
  shows('en');
  expect([name(), screen.getByTestId('field-instructions').getAttribute('aria-invalid')]).toEqual([
    'Linus',
    'false',
  ]);
  shows('zh');
  expect(screen.getByTestId('field-instructions').getAttribute('aria-invalid')).toBe('true');
  // Refused once more: it is shown once more.
  shows('en');
  fireEvent.submit(screen.getByTestId('character-editor'));
  await waitFor(() => {
    expect(name()).toBe('阿林');
  });
});
