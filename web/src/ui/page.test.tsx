// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { ANSWERED, AT, ONLINE, REPLY, said, shown } from './testing.tsx';
import type { Action } from './testing.tsx';

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
    expect(screen.getByTestId('timing').querySelector('summary')?.textContent).toBe('Replied in 412 ms');
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

describe('what can be done with a reply', () => {
  const HEARD: Action = { type: 'playout.ended', playhead: { item: 'a1', played: 200 } };

  it('should wait until the reply is over', () => {
    const { tell } = shown(...ONLINE, ...ANSWERED);
    expect(screen.queryByTestId('reply-actions')).toBeNull();
    tell(HEARD);
    expect(screen.getByTestId('reply-actions')).toBeDefined();
  });

  it('should copy its words and say so', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue({ writeText } as unknown as Clipboard);
    shown(...ONLINE, ...ANSWERED, HEARD);
    await act(async () => {
      fireEvent.click(screen.getByTestId('copy'));
      await Promise.resolve();
    });
    expect(writeText).toHaveBeenCalledWith('It is noon.');
    expect(text('copy')).toBe('Copied');
  });

  it('should play it again', async () => {
    const { sideSound } = shown(...ONLINE, ...ANSWERED, HEARD);
    fireEvent.click(screen.getByTestId('replay'));
    const [name, fetch] = sideSound.play.mock.calls[0] ?? [];
    expect(name).toBe('reply a1');
    expect(await fetch?.(new AbortController().signal)).toBe(REPLY);
  });

  it('should rate it', () => {
    const { ratings } = shown(...ONLINE, ...ANSWERED, HEARD);
    fireEvent.click(screen.getByTestId('rate-down'));
    expect(ratings.rate).toHaveBeenCalledWith('a1', 'down');
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
    fireEvent.click(screen.getByTestId('clear-history'));
    fireEvent.click(screen.getByTestId('question-no'));
    expect(intents.clearHistory).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId('clear-history'));
    fireEvent.click(screen.getByTestId('question-yes'));
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

  it('should take the space bar from a button that was only clicked, and leave it to one the keyboard led to', () => {
    const { intents } = shown(...HOLDING);
    const button = screen.getByTestId('theme');
    const isVisible = vi.spyOn(button, 'matches');
    isVisible.mockReturnValue(true);
    fireEvent.keyDown(button, { key: ' ' });
    expect(intents.hold).not.toHaveBeenCalled();
    isVisible.mockReturnValue(false);
    fireEvent.keyDown(button, { key: ' ' });
    expect(intents.hold).toHaveBeenCalledOnce();
  });

  it('should leave escape to an input method', () => {
    const { intents } = shown(...HOLDING);
    fireEvent.keyDown(screen.getByTestId('text-input'), { key: 'Escape', isComposing: true });
    expect(intents.interrupt).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByTestId('text-input'), { key: 'Escape' });
    expect(intents.interrupt).toHaveBeenCalledOnce();
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

  it('should leave the keys to a room that is open', () => {
    const { intents } = shown(...HOLDING);
    const room = document.body.appendChild(document.createElement('dialog'));
    room.open = true;
    fireEvent.keyDown(room, { key: 'Escape' });
    fireEvent.keyDown(room, { key: ' ' });
    room.remove();
    expect(intents.interrupt).not.toHaveBeenCalled();
    expect(intents.hold).not.toHaveBeenCalled();
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
