// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Api } from '../api/index.ts';
import type { FaceFeed } from '../avatar/feed.ts';
import { createTranslations } from '../i18n/index.ts';
import { createConversationStore } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { PageProvider } from './page-context.ts';
import type { Intents } from './page-context.ts';
import { Page } from './page.tsx';

type Action = Parameters<ConversationStore['dispatch']>[0];
type ServerEvent = Extract<Action, { readonly type: 'server.said' }>['event'];

const AT = 1_700_000_000_000;

function intentsForTest() {
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
    unblockSound: vi.fn<Intents['unblockSound']>(() => Promise.resolve()),
    clearHistory: vi.fn(),
    openConversation: vi.fn(),
    answerTool: vi.fn(),
    dismiss: vi.fn(),
  } satisfies Intents;
}

const BLANK_FACE: FaceFeed = {
  readVisemes: () => false,
  readReply: () => false,
  mood: 'idle',
  expression: null,
  action: null,
};

function shown(...actions: readonly Action[]) {
  const store = createConversationStore();
  const intents = intentsForTest();
  const setKey = vi.fn();
  const api = new Api({ base: 'http://localhost/', key: () => null });
  const translations = createTranslations('en');
  for (const action of actions) store.dispatch(action);
  render(
    <I18nextProvider i18n={translations}>
      <PageProvider
        value={{ store, intents, setKey, api, face: BLANK_FACE, sounds: { microphone: null, reply: null } }}
      >
        <Page />
      </PageProvider>
    </I18nextProvider>,
  );
  const tell = (...later: readonly Action[]): void => {
    act(() => {
      for (const action of later) store.dispatch(action);
    });
  };
  return { intents, setKey, translations, tell };
}

function said(...events: readonly ServerEvent[]): readonly Action[] {
  return events.map((event) => ({ type: 'server.said', event, at: AT }));
}

const ONLINE: readonly Action[] = [
  { type: 'conversation.starting' },
  { type: 'conversation.running', hasMicrophone: true },
  { type: 'connection.changed', connection: { kind: 'online' } },
  ...said({ type: 'vivavoce.turn.state', state: 'listening', reason: '' }),
];

const ANSWERED: readonly Action[] = [
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

const text = (id: string): string => screen.getByTestId(id).textContent;

afterEach(cleanup);

describe('the captions', () => {
  it('should tell the words that may change from those that will not', () => {
    shown(
      ...ONLINE,
      ...said({ type: 'vivavoce.input.partial', item_id: 'u1', stable: 'what time', unstable: ' is' }),
    );
    const caption = screen.getByTestId('user-caption');
    expect(caption.querySelector('.stable')?.textContent).toBe('what time');
    expect(caption.querySelector('.unstable')?.textContent).toBe('is');
    expect(caption.textContent).toBe('what time is');
  });

  it('should show only the words whose sound has come', () => {
    const { tell } = shown(...ONLINE, ...ANSWERED);
    expect(text('assistant-caption')).toBe('It is');
    tell({ type: 'playout.progress', playhead: { item: 'a1', played: 101 } });
    expect(text('assistant-caption')).toBe('It is noon.');
  });

  it('should mark what was never heard', () => {
    shown(...ONLINE, ...ANSWERED, { type: 'playout.cleared', playhead: { item: 'a1', played: 100 } });
    const lost = screen.getAllByTestId('unheard');
    expect(lost.map(({ tagName, textContent }) => [tagName, textContent])).toEqual([
      ['DEL', '(not heard) noon.'],
      ['DEL', '(not heard) noon.'],
    ]);
    expect(text('history')).toContain('Interrupted');
  });

  it('should say how long the answer took', () => {
    shown(...ONLINE, ...ANSWERED);
    expect(screen.getByTestId('timing').querySelector('summary')?.textContent).toBe('Answered in 412 ms');
    const rows = [...screen.getByTestId('timing').querySelectorAll('tbody tr')];
    expect(rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent))).toEqual([
      ['Words understood', '80 ms', '80 ms'],
      ['First sound', '332 ms', '412 ms'],
    ]);
    const spans = [...screen.getByTestId('waterfall').querySelectorAll('rect')];
    expect(spans.map(({ dataset }) => dataset.step)).toEqual(['transcript', 'first_audio']);
    expect(screen.getByTestId('timing').querySelector('caption')?.textContent).toContain(
      'end of your speech',
    );
  });

  it('should keep the reply in its place while the user says something beside it', () => {
    const { tell } = shown(...ONLINE, ...ANSWERED);
    const steered = { response_id: 'r1', item_id: 'a1' };
    tell(
      ...said(
        { type: 'vivavoce.playout.hold', ...steered },
        { type: 'vivavoce.input.partial', item_id: 'u2', stable: '', unstable: 'mm-hm' },
      ),
    );
    expect(screen.getByTestId('state').dataset.state).toBe('listening');
    expect(text('assistant-caption')).toBe('It is');
    expect(text('aside')).toBe('You, meanwhile: mm-hm');
    tell(...said({ type: 'vivavoce.playout.resume', ...steered }));
    expect(screen.getByTestId('state').dataset.state).toBe('speaking');
    expect(screen.getAllByTestId('turn')).toHaveLength(2);
    expect(text('user-caption')).toBe('What time is it?');
  });

  it('should leave the stage when the next exchange begins, and stay in writing', () => {
    const { tell } = shown(...ONLINE, ...ANSWERED);
    expect(text('assistant-caption')).toBe('It is');
    tell({ type: 'playout.cleared', playhead: { item: 'a1', played: 100 } });
    tell(...said({ type: 'vivavoce.input.partial', item_id: 'u2', stable: '', unstable: 'and' }));
    expect(screen.getAllByTestId('turn').map(({ dataset }) => dataset.speaker)).toEqual([
      'user',
      'assistant',
    ]);
    expect(text('assistant-caption')).toBe('');
  });
});

describe('the state', () => {
  it('should be readable by eye and by test', () => {
    const { tell } = shown();
    const state = screen.getByTestId('state');
    expect(state.dataset.state).toBe('idle');
    tell(...ONLINE);
    expect(state.dataset.state).toBe('listening');
    expect(within(state).getByText('Listening')).toBeDefined();
    expect(screen.getByTestId('connection').dataset.connection).toBe('online');
  });

  it('should follow the language', async () => {
    const { translations } = shown();
    await act(() => translations.changeLanguage('zh'));
    expect(text('start')).toBe('开始');
    expect(text('state')).toContain('就绪');
  });
});

describe('the controls', () => {
  it('should start, stop, mute and interrupt', () => {
    const { intents, tell } = shown();
    fireEvent.click(screen.getByTestId('start'));
    expect(intents.start).toHaveBeenCalledWith({ microphone: true });
    tell(...ONLINE, ...ANSWERED);
    fireEvent.click(screen.getByTestId('mute'));
    expect(intents.setMuted).toHaveBeenCalledWith(true);
    fireEvent.click(screen.getByTestId('interrupt'));
    expect(intents.interrupt).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByTestId('stop'));
    expect(intents.stop).toHaveBeenCalledOnce();
  });

  it('should offer the microphone to who only types', () => {
    shown({ type: 'conversation.starting' }, { type: 'conversation.running', hasMicrophone: false });
    expect(screen.getByTestId('start')).toBeDefined();
    expect(screen.getByTestId('stop')).toBeDefined();
    expect(screen.queryByTestId('mute')).toBeNull();
  });

  it('should choose how turns are taken', () => {
    const { intents } = shown();
    expect(screen.getByTestId('mode-switch').dataset.mode).toBe('hands-free');
    fireEvent.click(screen.getByTestId('mode-push-to-talk'));
    expect(intents.setPreferences).toHaveBeenCalledWith({ mode: 'push-to-talk' });
  });

  it('should send what is typed, and nothing that is empty', () => {
    const { intents } = shown();
    const input = screen.getByTestId<HTMLInputElement>('text-input');
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
    fireEvent.change(input, { target: { value: 'hello' } });
    fireEvent.submit(input);
    expect(intents.sendText).toHaveBeenCalledWith('hello');
    expect(input.value).toBe('');
  });

  it('should forget the conversation only after asking', () => {
    const { intents } = shown(...ONLINE, ...ANSWERED);
    const confirm = vi.fn(() => false);
    vi.stubGlobal('confirm', confirm);
    fireEvent.click(screen.getByTestId('clear-history'));
    expect(intents.clearHistory).not.toHaveBeenCalled();
    confirm.mockReturnValue(true);
    fireEvent.click(screen.getByTestId('clear-history'));
    expect(intents.clearHistory).toHaveBeenCalledOnce();
  });
});

describe('holding to talk', () => {
  const HOLDING: readonly Action[] = [
    ...ONLINE,
    { type: 'preferences.changed', preferences: { mode: 'push-to-talk' } },
  ];

  it('should last as long as the space bar is down, wherever the focus is', () => {
    const { intents } = shown(...HOLDING);
    fireEvent.keyDown(document.body, { key: ' ' });
    fireEvent.keyDown(document.body, { key: ' ', repeat: true });
    expect(intents.hold).toHaveBeenCalledOnce();
    expect(intents.release).not.toHaveBeenCalled();
    fireEvent.keyUp(document.body, { key: ' ' });
    expect(intents.release).toHaveBeenCalledOnce();
  });

  it('should leave the space bar to who types', () => {
    const { intents } = shown(...HOLDING);
    fireEvent.keyDown(screen.getByTestId('text-input'), { key: ' ' });
    expect(intents.hold).not.toHaveBeenCalled();
  });

  it('should work by key on the button itself', () => {
    const { intents } = shown(...HOLDING);
    fireEvent.keyDown(screen.getByTestId('ptt'), { key: 'Enter' });
    fireEvent.keyUp(screen.getByTestId('ptt'), { key: 'Enter' });
    expect(intents.hold).toHaveBeenCalledOnce();
    expect(intents.release).toHaveBeenCalledOnce();
  });

  it('should end when the window loses the focus', () => {
    const { intents } = shown(...HOLDING);
    fireEvent.blur(window);
    expect(intents.release).toHaveBeenCalledOnce();
  });

  it('should leave no listener behind', () => {
    const { intents } = shown(...HOLDING);
    cleanup();
    fireEvent.keyDown(document.body, { key: ' ' });
    fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(intents.hold).not.toHaveBeenCalled();
    expect(intents.interrupt).not.toHaveBeenCalled();
  });
});

describe('problems', () => {
  const raised = (
    code: 'permission_denied' | 'unauthorised' | 'audio_blocked' | 'server_error',
    detail = '',
  ): Action => {
    return { type: 'problem.raised', problem: { code, detail } };
  };

  it('should be said in plain words, with a way on', () => {
    const { intents } = shown(raised('permission_denied'));
    const problem = screen.getByTestId('error');
    expect(problem.dataset.code).toBe('permission_denied');
    expect(problem.getAttribute('role')).toBe('alert');
    expect(problem.textContent).toContain('Allow the microphone');
    fireEvent.click(screen.getByTestId('retry'));
    expect(intents.retry).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByTestId('type-instead'));
    expect(intents.dismiss).toHaveBeenCalledWith('permission_denied');
    expect(document.activeElement).toBe(screen.getByTestId('text-input'));
  });

  it('should ask for the key and try again with it', () => {
    const { intents, setKey } = shown(raised('unauthorised'));
    const input = screen.getByTestId('key-input');
    fireEvent.change(input, { target: { value: ' sesame ' } });
    fireEvent.submit(input);
    expect(setKey).toHaveBeenCalledWith('sesame');
    expect(intents.retry).toHaveBeenCalledOnce();
  });

  it('should turn the sound on within a click', () => {
    const { intents } = shown(raised('audio_blocked'));
    fireEvent.click(screen.getByTestId('unblock'));
    expect(intents.unblockSound).toHaveBeenCalledOnce();
  });

  it('should repeat the server’s own words, and go away when told', () => {
    const { intents } = shown(raised('server_error', 'disk full'));
    expect(text('error')).toContain('disk full');
    fireEvent.click(screen.getByTestId('dismiss'));
    expect(intents.dismiss).toHaveBeenCalledWith('server_error');
  });

  it('should tell how the service does', () => {
    shown(
      ...said({
        type: 'vivavoce.service.status',
        components: [
          { job: 'stt', name: 'moonshine', state: 'ready', detail: '', progress: null },
          { job: 'llm', name: 'smollm2', state: 'loading', detail: '', progress: 0.42 },
        ],
      }),
    );
    expect(screen.getByTestId('service').dataset.state).toBe('loading');
    expect(text('service')).toContain('42 %');
    expect(text('service')).not.toContain('moonshine');
  });
});

describe('the assistant', () => {
  const characters = [
    { id: 'viva', name: 'Viva', names: { en: 'Viva', zh: '薇娃' }, languages: ['en', 'zh'] },
    { id: 'xiaomei', name: '小梅', names: { zh: '小梅' }, languages: ['zh'] },
  ];

  it('should be chosen among those there are', () => {
    const { intents, tell } = shown({ type: 'characters.listed', characters });
    const select = screen.getByTestId<HTMLSelectElement>('character');
    expect([...select.options].map((option) => option.text)).toEqual(['Character', 'Viva', '小梅']);
    fireEvent.change(select, { target: { value: 'xiaomei' } });
    expect(intents.setPreferences).toHaveBeenCalledWith({ character: 'xiaomei' });

    tell(...said({ type: 'session.updated', character: 'xiaomei' }));
    expect(select.value).toBe('xiaomei');
  });

  it('should be no choice where there is but one', () => {
    shown({ type: 'characters.listed', characters: characters.slice(0, 1) });
    expect(screen.queryByTestId('character')).toBeNull();
  });

  it('should show the tools it uses, and how they ended', () => {
    const item = { id: 'm1', type: 'mcp_call', name: 'get_time', outcome: 'open' } as const;
    const { tell } = shown(...ONLINE, ...ANSWERED, ...said({ type: 'conversation.item.added', item }));
    expect(text('tool')).toBe('Using get_time');
    tell(...said({ type: 'conversation.item.done', item: { ...item, outcome: 'failed' } }));
    expect(text('tool')).toBe('get_time failed');
    tell({ type: 'text.typed', id: 'u2', text: 'And now?', at: AT });
    expect(text('tool')).toBe('get_time failed');
  });

  it('should ask before a tool that changes things', () => {
    const item = {
      id: 'q1',
      type: 'mcp_approval_request',
      name: 'send_mail',
      arguments: '{"to":"Ada"}',
    } as const;
    const { intents } = shown(...ONLINE, ...ANSWERED, ...said({ type: 'conversation.item.added', item }));
    expect(text('approval')).toContain('May the assistant use send_mail?{"to":"Ada"}');
    fireEvent.click(screen.getByTestId('decline'));
    fireEvent.click(screen.getByTestId('approve'));
    expect(intents.answerTool.mock.calls).toEqual([
      ['q1', false],
      ['q1', true],
    ]);
  });

  it('should tell what it remembered', () => {
    const memories = [{ id: 'f1', text: 'Has a dog called Rex.' }];
    shown(...ONLINE, ...said({ type: 'vivavoce.memory.used', response_id: 'r1', memories }), ...ANSWERED);
    expect(text('memory-note')).toBe('From memory: 1Has a dog called Rex.');
  });

  it('should show its expression, and that it is recorded', () => {
    const { tell } = shown(...ONLINE);
    expect(screen.queryByTestId('recording')).toBeNull();
    tell(
      ...said(
        { type: 'vivavoce.recording', is_on: true },
        {
          type: 'vivavoce.expression',
          response_id: 'r1',
          item_id: 'a1',
          expression: 'joy',
          first_sample: 0,
        },
      ),
    );
    expect(text('recording')).toBe('This conversation is recorded');
    expect(screen.getByTestId('state').dataset.expression).toBe('joy');
  });
});
