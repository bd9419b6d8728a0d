import { afterEach, expect, it, vi } from 'vitest';

import {
  addMemory,
  correctMemory,
  findMemory,
  forgetMemories,
  forgetMemory,
  listMemories,
  remembers,
  searchMemories,
} from './memories.ts';
import { FakeRest, Refusal } from './testing.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const DOG = {
  object: 'memory',
  id: 'm1',
  text: 'Has a dog.',
  language: 'en',
  told_at: 5,
  conversation_id: 'c1',
  turn_id: 'e1',
  confidence: 0.9,
  replaced_by: null,
  score: null,
};

it('should list page by page, with what was replaced where that is wanted', async () => {
  const rest = new FakeRest(() => ({ data: [DOG], has_more: true }));
  const page = await listMemories(rest.api, { offset: 60, replaced: true });
  expect(page.next).toBe(61);
  expect(page.memories).toEqual([
    {
      id: 'm1',
      text: 'Has a dog.',
      toldAt: 5000,
      conversationId: 'c1',
      turnId: 'e1',
      confidence: 0.9,
      replacedBy: null,
    },
  ]);
  expect(rest.asked[0]?.path).toBe('/v1/memories?limit=60&offset=60&replaced=true');
});

it('should search, add, correct and forget', async () => {
  const rest = new FakeRest(({ method }) => (method === 'GET' ? { data: [DOG] } : DOG));
  expect(await searchMemories(rest.api, 'dog')).toHaveLength(1);
  await addMemory(rest.api, 'Has a dog.');
  await correctMemory(rest.api, 'm1', 'Has two dogs.');
  await forgetMemory(rest.api, 'm1');
  expect(rest.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['GET', '/v1/memories?query=dog', null],
    ['POST', '/v1/memories', { text: 'Has a dog.' }],
    ['PATCH', '/v1/memories/m1', { text: 'Has two dogs.' }],
    ['DELETE', '/v1/memories/m1', null],
  ]);
  rest.answer = () => ({ deleted: true, count: 4 });
  expect(await forgetMemories(rest.api)).toBe(4);
});

it('should refuse an answer that does not fit', async () => {
  const rest = new FakeRest(() => ({ ...DOG, confidence: 'high' }));
  await expect(findMemory(rest.api, 'm1')).rejects.toMatchObject({ code: 'unexpected_answer' });
  rest.answer = () => new Refusal(503, 'memory_unavailable');
  await expect(findMemory(rest.api, 'm1')).rejects.toMatchObject({ code: 'memory_unavailable' });
});

it('should know which characters remember', async () => {
  const rest = new FakeRest(() => ({ id: 'viva', written: { memory: false } }));
  expect(await remembers(rest.api, 'viva')).toBe(false);
});
