import { expect, it } from 'vitest';

import { approval, pastTurn, sessionUpdate } from './requests.ts';

const WISHES = {
  character: '',
  language: 'en',
  voice: null,
  speed: 1,
  eagerness: 'auto',
  bargeIn: true,
  handsFree: true,
  hasSound: true,
} as const;

it('should let the server take turns when hands are free', () => {
  expect(sessionUpdate(WISHES)).toEqual({
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
        output: { format: { type: 'audio/pcm', rate: 24000 }, speed: 1 },
      },
    },
  });
});

it('should keep the end of the turn to itself when the user holds a button', () => {
  expect(sessionUpdate({ ...WISHES, language: 'zh', handsFree: false })).toMatchObject({
    session: { audio: { input: { turn_detection: null, transcription: { language: 'zh' } } } },
  });
});

it('should tell past turns with the part type of their speaker', () => {
  expect(pastTurn('past_1', 'assistant', 'hello')).toMatchObject({
    item: { id: 'past_1', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] },
  });
});

it('should ask for text where there is no sound', () => {
  expect(sessionUpdate({ ...WISHES, hasSound: false })).toMatchObject({
    session: { output_modalities: ['text'] },
  });
});

it('should name the character only when one was chosen', () => {
  expect(sessionUpdate({ ...WISHES, character: 'lin' })).toMatchObject({
    session: { prompt: { id: 'lin' } },
  });
  expect(sessionUpdate({ ...WISHES, character: '' })).not.toHaveProperty('session.prompt');
});

it('should pass on how the user wants to hear and be heard', () => {
  const wishes = { ...WISHES, voice: 'am_michael', speed: 1.2, eagerness: 'low', bargeIn: false } as const;
  expect(sessionUpdate(wishes)).toMatchObject({
    session: {
      audio: {
        input: { turn_detection: { eagerness: 'low', interrupt_response: false } },
        output: { voice: 'am_michael', speed: 1.2 },
      },
    },
  });
});

it("should ask for the character's own voice again", () => {
  expect(sessionUpdate({ ...WISHES, voice: '' })).toMatchObject({
    session: { audio: { output: { voice: 'default' } } },
  });
});

it('should answer a tool that asks', () => {
  expect(approval('q1', false)).toEqual({
    type: 'conversation.item.create',
    item: { type: 'mcp_approval_response', approval_request_id: 'q1', approve: false },
  });
});
