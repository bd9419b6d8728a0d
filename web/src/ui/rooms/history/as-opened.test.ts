import { describe, expect, it } from 'vitest';

import type { Entry, WholeConversation } from '../../../api/conversations.ts';
import { asOpened, wordsOf } from './as-opened.ts';

const entry = (changes: Partial<Entry>): Entry => ({
  id: 'e',
  kind: 'message',
  role: 'user',
  source: 'audio',
  said: 'Is there tea?',
  heard: null,
  isInterrupted: false,
  isAside: false,
  hasSound: false,
  responseId: '',
  call: null,
  createdAt: 5,
  ...changes,
});

const call = { name: 'clock', arguments: '{}', output: '', errorCode: '' };

const WHOLE: WholeConversation = {
  id: 'c',
  title: 'Tea',
  persona: '',
  createdAt: 0,
  updatedAt: 9,
  messages: 3,
  found: null,
  entries: [
    entry({ id: 'q' }),
    entry({ id: 't', kind: 'mcp_call', said: '', call }),
    entry({ id: 'f', kind: 'function_call', said: '', call: { ...call, errorCode: 'tool_failed' } }),
    entry({ id: 'o', kind: 'function_call_output', said: '', call }),
    entry({ id: 'p', kind: 'mcp_approval_request', said: '', call }),
    entry({
      id: 'a',
      role: 'assistant',
      said: 'Yes, green and black.',
      heard: 'Yes, green',
      isInterrupted: true,
      responseId: 'r',
    }),
    entry({ id: 's', role: 'system', said: 'Be brief.' }),
    entry({ id: 'm', said: 'mm-hm', isAside: true }),
    entry({ id: 'n', said: ' ' }),
  ],
  turns: [
    { responseId: 'r', timings: { first_audio: 300, of_tomorrow: 1 }, memories: [{ id: 'm1', text: 'x' }] },
  ],
};

describe('a conversation of the server’s', () => {
  it('should become what the page shows: words, tools, asides', () => {
    const { id, turns } = asOpened(WHOLE);
    expect(id).toBe('c');
    expect(turns.map((turn) => [turn.kind, turn.id])).toEqual([
      ['said', 'q'],
      ['tool', 't'],
      ['tool', 'f'],
      ['said', 'a'],
      ['said', 'm'],
    ]);
    expect(turns[1]).toMatchObject({ name: 'clock', status: 'done' });
    expect(turns[2]).toMatchObject({ status: 'failed' });
    expect(turns[3]).toMatchObject({
      responseId: 'r',
      memories: [{ id: 'm1' }],
      utterance: {
        speaker: 'assistant',
        source: 'voice',
        status: 'interrupted',
        heard: 'Yes, green',
        unheard: ' and black.',
        timing: { first_audio: 300 },
      },
    });
    expect(turns[4]).toMatchObject({ utterance: { isAside: true } });
  });
});

describe('the words of an entry', () => {
  it.each([
    ['all of it', { said: 'One two.', heard: null, isInterrupted: false }, ['One two.', '']],
    ['nothing of it', { said: 'One two.', heard: '', isInterrupted: true }, ['', 'One two.']],
    [
      'spaces of its own',
      { said: 'One  two three', heard: 'One two', isInterrupted: true },
      ['One  two', ' three'],
    ],
    ['Chinese', { said: '你好，我在。', heard: '你好，', isInterrupted: true }, ['你好，', '我在。']],
    ['other words than were made', { said: 'One', heard: 'Two', isInterrupted: true }, ['Two', '']],
  ] as const)('should be told apart by what was heard: %s', (_, words, [heard, unheard]) => {
    expect(wordsOf(words)).toEqual({ heard, unheard });
  });
});
