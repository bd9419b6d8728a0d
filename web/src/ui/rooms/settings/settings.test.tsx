// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { INITIAL_PREFERENCES } from '../../../state/index.ts';
import { AboutSection } from './about-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { ConversationSection } from './conversation-section.tsx';
import { EngineSection } from './engine-section.tsx';
import { HealthSection } from './health-section.tsx';
import { KeyPart } from './key-part.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { showRoom } from './testing.tsx';
import { VoiceSection } from './voice-section.tsx';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ME = { user: 'ann', is_owner: false, data: {} };
const OWNER = { ...ME, user: 'local', is_owner: true };
const ENGINES = {
  data: [
    { name: 'chat', description: 'Talks', model: 'm', is_current: true, problem: '' },
    { name: 'mem0', description: '', model: '', is_current: false, problem: '' },
    { name: 'gone', description: '', model: '', is_current: false, problem: 'Not installed.' },
  ],
};
const PROVIDER = {
  job: 'llm',
  name: 'small',
  model: 'small',
  address: '',
  state: 'down',
  detail: 'It is asleep.',
  languages: [],
  answers: 3,
  failures: 1,
  last_answer_seconds_ago: 120,
  last_latency_ms: 81.4,
  last_error: { code: 'x', message: 'It broke.', remedy: 'Start it.' },
};

function chosen(id: string): HTMLInputElement {
  const input = screen.getByTestId(id).querySelector('input');
  if (input === null) throw new Error(`${id} has no input`);
  return input;
}

describe('what is set', () => {
  it('should be in force at once', () => {
    const { setPreferences } = showRoom(
      <>
        <ConversationSection />
        <AppearanceSection />
      </>,
    );
    fireEvent.click(chosen('eagerness-low'));
    fireEvent.click(chosen('speech-auto'));
    fireEvent.click(screen.getByTestId('field-barge-in'));
    fireEvent.click(screen.getByTestId('field-greeting'));
    fireEvent.click(screen.getByTestId('field-motion'));
    expect(setPreferences.mock.calls.map(([preference]) => preference)).toEqual([
      { eagerness: 'low' },
      { speech: 'auto' },
      { bargeIn: false },
      { greeting: false },
      { motion: 'reduced' },
    ]);
    expect(screen.getByTestId('field-eagerness').dataset.value).toBe('low');
  });

  it('should leave out what has no meaning while a button is held', () => {
    showRoom(<ConversationSection />, { preferences: { mode: 'push-to-talk' } });
    expect(screen.queryByTestId('field-eagerness')).toBeNull();
    expect(screen.queryByTestId('field-barge-in')).toBeNull();
  });

  it('should offer voices by language, and keep one that is not there any more', async () => {
    const { setPreferences } = showRoom(<VoiceSection />, {
      answers: {
        '/v1/voices': { data: [{ name: 'zm_yunxi', language: 'zh', is_ready: false }] },
        '/v1/personas': { data: [] },
      },
      preferences: { voice: 'lost' },
    });
    const select = screen.getByTestId<HTMLSelectElement>('field-voice');
    await screen.findByText(/Yunxi/);
    expect(select.value).toBe('lost');
    fireEvent.change(select, { target: { value: 'zm_yunxi' } });
    expect(setPreferences).toHaveBeenLastCalledWith({ voice: 'zm_yunxi' });
  });
});

describe('the reply engine', () => {
  it('should be changed for everybody by the owner', async () => {
    const { rest } = showRoom(<EngineSection />, {
      answers: { '/v1/engines': ENGINES, '/v1/preferences': OWNER, '/v1/engines/switch': {} },
    });
    const option = await screen.findByTestId('engine-mem0');
    expect(option).toBeTruthy();
    fireEvent.click(chosen('engine-mem0'));
    await screen.findByText('mem0 answers from the next turn on.');
    expect(rest.of('POST')[0]?.body).toEqual({ engine: 'mem0', scope: 'server' });
    expect(chosen('engine-gone').disabled).toBe(true);
    expect(screen.getByText('Not installed.')).toBeTruthy();
  });

  it('should say so when a user has no conversation to change it in', async () => {
    showRoom(<EngineSection />, {
      answers: { '/v1/engines': ENGINES, '/v1/preferences': ME, '/v1/sessions': { data: [] } },
    });
    await screen.findByText(/the conversation you are having/);
    fireEvent.click(chosen('engine-mem0'));
    expect(await screen.findByText(/You are not in a conversation/)).toBeTruthy();
  });
});

it('should tell in plain words how services do', async () => {
  showRoom(<HealthSection />, {
    answers: {
      '/v1/providers': { data: [PROVIDER] },
      '/health': { status: 'degraded', version: '1', uptime_seconds: 1 },
    },
  });
  const provider = await screen.findByTestId('provider-llm-small');
  expect(provider.textContent).toContain('Answers small does not answer, and is left out for a while');
  expect(provider.textContent).toContain('It is asleep.');
  expect(provider.textContent).toContain('Last answer 2 min ago, in 81 ms.');
  expect(provider.textContent).toContain('Last problem: It broke. Start it.');
  expect(await screen.findByText('The server works, with limits.')).toBeTruthy();
});

describe('what is kept', () => {
  const answers = {
    '/v1/conversations': { deleted: true, count: 4 },
    '/v1/memories': { deleted: true, count: 2 },
  };

  it('should be deleted when the user says so twice', async () => {
    const { rest, forgetConversation } = showRoom(<PrivacySection />, { answers });
    fireEvent.click(screen.getByTestId('delete-conversations'));
    fireEvent.click(screen.getByTestId('question-no'));
    expect(rest.asked.filter(({ method }) => method === 'DELETE')).toEqual([]);
    fireEvent.click(screen.getByTestId('delete-conversations'));
    fireEvent.click(screen.getByTestId('question-yes'));
    fireEvent.click(screen.getByTestId('delete-memories'));
    fireEvent.click(screen.getByTestId('question-yes'));
    await screen.findByText('Deleted for good: 4');
    await screen.findByText('Deleted for good: 2');
    expect(rest.of('DELETE').map(({ path }) => path)).toEqual(['/v1/conversations', '/v1/memories']);
    expect(forgetConversation).toHaveBeenCalledExactlyOnceWith(null);
  });

  it('should be there still when the server refuses, which is said', async () => {
    const { forgetConversation } = showRoom(<PrivacySection />);
    fireEvent.click(screen.getByTestId('delete-conversations'));
    fireEvent.click(screen.getByTestId('question-yes'));
    expect((await screen.findByRole('alert')).textContent).toContain('This could not be done');
    expect(forgetConversation).not.toHaveBeenCalled();
  });

  it('should set everything back, and leave the page readable', async () => {
    const { setPreferences } = showRoom(<PrivacySection />, {
      preferences: { language: 'en', theme: 'dark' },
    });
    fireEvent.click(screen.getByTestId('delete-settings'));
    fireEvent.click(screen.getByTestId('question-yes'));
    await waitFor(() => {
      expect(setPreferences).toHaveBeenCalledWith({ ...INITIAL_PREFERENCES, language: 'en' });
    });
  });
});

describe('the key', () => {
  it('should be taken, without blanks around it', () => {
    const { setKey } = showRoom(<KeyPart />);
    fireEvent.change(screen.getByTestId('settings-key'), { target: { value: ' sesame ' } });
    fireEvent.click(screen.getByTestId('settings-use-key'));
    expect(setKey).toHaveBeenCalledWith('sesame');
  });

  it('should be forgotten, by whom it stands for', async () => {
    const { setKey } = showRoom(<KeyPart />, { answers: { '/v1/preferences': ME }, hasKey: true });
    await screen.findByText('You are signed in as ann.');
    fireEvent.click(screen.getByTestId('forget-key'));
    expect(setKey).toHaveBeenCalledWith(null);
  });
});

it('should tell the version and where the licences are', async () => {
  showRoom(<AboutSection />, {
    answers: { '/health': { status: 'ok', version: '0.9', uptime_seconds: 7300 } },
  });
  expect((await screen.findByTestId('version')).textContent).toBe('vivavoce 0.9');
  expect(screen.getByText('This server has been up for 2 h.')).toBeTruthy();
  expect(screen.getByTestId('licences').getAttribute('href')).toBe('licenses.md');
});
