import { afterEach, expect, it, vi } from 'vitest';

import { deletePersona, listPersonaProblems, listPersonas, readPersona, savePersona } from './personas.ts';
import type { WrittenPersona } from './personas.ts';
import { FakeRest, Refusal } from './testing.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const CARD = {
  id: 'lin',
  object: 'persona',
  name: 'Lin',
  names: { en: 'Lin', zh: '阿林' },
  languages: ['en', 'zh'],
  abouts: { en: 'Calm', zh: '沉稳' },
  greetings: { en: 'Hello', zh: '你好' },
  voices: { en: 'am_michael' },
  speed: 0.95,
  is_default: true,
  is_own: false,
  is_shipped: true,
};

const WRITTEN: WrittenPersona = {
  name: { en: 'Lin', zh: '阿林' },
  languages: ['en', 'zh'],
  switches_languages: true,
  about: '',
  instructions: 'You are Lin.',
  greeting: '',
  voice: { en: 'am_michael' },
  speed: 0.95,
  expressions: ['joy'],
  tools: ['*'],
  engine: '',
  memory: true,
  fallback: { trouble: null, working: { en: ['Wait.'] }, tool_failed: 'No.' },
};

it('should list who there is', async () => {
  const rest = new FakeRest(() => ({ object: 'list', data: [CARD] }));
  const { id, names, languages, abouts, greetings, voices } = CARD;
  const same = { id, name: 'Lin', names, languages, abouts, greetings, voices, speed: 0.95 };
  expect(await listPersonas(rest.api)).toEqual([{ ...same, isDefault: true, isOwn: false, isShipped: true }]);
});

it('should read and write a character as it is written', async () => {
  const rest = new FakeRest(() => ({ ...CARD, written: WRITTEN }));
  const { written } = await readPersona(rest.api, 'lin');
  expect(written).toEqual(WRITTEN);
  await savePersona(rest.api, 'a b', written);
  expect(rest.of('PUT')).toEqual([{ method: 'PUT', path: '/v1/personas/a%20b', body: WRITTEN }]);
});

it('should say which field was refused', async () => {
  const rest = new FakeRest(() =>
    Response.json(
      { error: { code: 'invalid_value', message: 'Too fast.', param: 'speed' } },
      { status: 400 },
    ),
  );
  await expect(savePersona(rest.api, 'lin', WRITTEN)).rejects.toMatchObject({
    code: 'invalid_value',
    message: 'Too fast.',
    param: 'speed',
  });
});

it('should delete, and pass on a refusal', async () => {
  const rest = new FakeRest(() => new Response(null, { status: 204 }));
  await deletePersona(rest.api, 'lin');
  expect(rest.of('DELETE')[0]?.path).toBe('/v1/personas/lin');
  rest.answer = () => new Refusal(403, 'not_allowed');
  await expect(deletePersona(rest.api, 'lin')).rejects.toMatchObject({ code: 'not_allowed', param: null });
});

it('should tell files that do not load', async () => {
  const problem = { file: 'tom.yaml', message: 'line 3' };
  expect(await listPersonaProblems(new FakeRest(() => ({ data: [problem] })).api)).toEqual([problem]);
});

it.each([
  ['names', { names: { en: 1 } }],
  ['languages', { languages: 'en' }],
  ['voices', { voices: null }],
])('should refuse an answer with other %s', async (_, change) => {
  const rest = new FakeRest(() => ({ data: [{ ...CARD, ...change }] }));
  await expect(listPersonas(rest.api)).rejects.toMatchObject({ code: 'unexpected_answer' });
});
