import { expect, it } from 'vitest';

import { approval, pastTurn, sessionUpdate } from './requests.ts';

it('should let the server take turns when hands are free', () => {
  expect(sessionUpdate({ character: '', language: 'en', handsFree: true, hasSound: true })).toEqual({
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24000 },
          transcription: { model: 'local', language: 'en' },
          turn_detection: {
            type: 'semantic_vad',
            eagerness: 'auto',
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: 'audio/pcm', rate: 24000 } },
      },
    },
  });
});

it('should keep the end of the turn to itself when the user holds a button', () => {
  expect(sessionUpdate({ character: '', language: 'zh', handsFree: false, hasSound: true })).toMatchObject({
    session: { audio: { input: { turn_detection: null, transcription: { language: 'zh' } } } },
  });
});

it('should tell past turns with the part type of their speaker', () => {
  expect(pastTurn('past_1', 'assistant', 'hello')).toMatchObject({
    item: { id: 'past_1', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] },
  });
});

it('should ask for text where there is no sound', () => {
  expect(sessionUpdate({ character: '', language: 'en', handsFree: true, hasSound: false })).toMatchObject({
    session: { output_modalities: ['text'] },
  });
});

it('should name the character only when one was chosen', () => {
  const wishes = { language: 'en', handsFree: true, hasSound: true };
  expect(sessionUpdate({ ...wishes, character: 'lin' })).toMatchObject({
    session: { prompt: { id: 'lin' } },
  });
  expect(sessionUpdate({ ...wishes, character: '' })).not.toHaveProperty('session.prompt');
});

it('should answer a tool that asks', () => {
  expect(approval('q1', false)).toEqual({
    type: 'conversation.item.create',
    item: { type: 'mcp_approval_response', approval_request_id: 'q1', approve: false },
  });
});
