import { expect, it } from 'vitest';

import type { WrittenPersona } from '../../../api/index.ts';
import { blameOf, emptyDraft, freeId, toDraft, toWritten, withText } from './draft.ts';

const LIN: WrittenPersona = {
  name: { en: 'Lin', zh: '阿林' },
  languages: ['en', 'zh'],
  switches_languages: true,
  about: { en: 'Calm', zh: '沉稳' },
  instructions: { en: 'You are Lin.', zh: '你是阿林。' },
  greeting: 'Hi 你好',
  voice: { en: 'am_michael', zh: 'zm_yunxi' },
  speed: 0.95,
  expressions: ['joy'],
  tools: ['get_time', '*_timer'],
  engine: '',
  memory: false,
  fallback: { trouble: null, working: { en: ['Wait.', 'Hold on.'], zh: ['稍等。'] }, tool_failed: 'No.' },
};

it('should give back a character as it was written', () => {
  expect(toWritten(toDraft('lin', LIN))).toEqual(LIN);
});

it.each([
  ['*', 'all'],
  ['', 'none'],
] as const)('should tell tools %o apart', (tool, kind) => {
  const written = { ...LIN, tools: tool === '' ? [] : [tool] };
  expect(toDraft('lin', written).tools).toBe(kind);
  expect(toWritten(toDraft('lin', written))).toEqual(written);
});

it('should write a single language without naming it, and nothing of what is empty', () => {
  const draft = withText(emptyDraft('en'), 'en', {
    name: ' Tom ',
    instructions: 'Be Tom.',
    working: '\n a \n\nb',
  });
  expect(toWritten(draft)).toMatchObject({
    name: 'Tom',
    instructions: 'Be Tom.',
    greeting: '',
    voice: null,
    fallback: { trouble: null, working: ['a', 'b'], tool_failed: null },
  });
});

it('should leave out the texts of a language that was taken away, and have them again with it', () => {
  const draft = toDraft('lin', LIN);
  const english = { ...draft, languages: ['en'] };
  expect(toWritten(english)).toMatchObject({ name: 'Lin', voice: 'am_michael' });
  expect(toWritten({ ...english, languages: ['zh', 'en'] }).name).toEqual({ zh: '阿林', en: 'Lin' });
});

it.each([
  ['Aunt Zoë!', 'aunt-zoe'],
  ['小梅', 'character'],
  ['Lin', 'lin-3'],
  ['problems', 'problems-2'],
])('should make of %s the id %s', (name, id) => {
  expect(freeId(name, [{ id: 'lin' }, { id: 'lin-2' }])).toBe(id);
});

it.each([
  ['speed', { field: 'speed', language: null }],
  ['name.zh', { field: 'name', language: 'zh' }],
  ['languages[0]', { field: 'languages', language: null }],
  ['fallback.working.en[0]', { field: 'working', language: 'en' }],
  ['fallback.trouble', { field: 'trouble', language: null }],
  ['instructions', { field: 'instructions', language: null }],
])('should find the field of %s', (param, blame) => {
  expect(blameOf(param)).toEqual(blame);
});

it('should blame no field for what is about none', () => {
  expect(blameOf(null)).toBeNull();
});
