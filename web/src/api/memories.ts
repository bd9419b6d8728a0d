/** `/v1/memories`: what is remembered of the user, listed, searched, added, corrected, forgotten and taken away. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

/** One thing remembered; times in milliseconds since the epoch. */
export interface Memory {
  readonly id: string;
  readonly text: string;
  readonly toldAt: number;
  /** Where it was told, and in which thing said; empty when it was given by hand. */
  readonly conversationId: string;
  readonly turnId: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The memory that took its place; null while it holds. */
  readonly replacedBy: string | null;
}

export interface MemoryPage {
  readonly memories: readonly Memory[];
  /** To ask for the next page with; null on the last one. */
  readonly next: number | null;
}

const PATH = 'v1/memories';
const PAGE = 60;

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

/** Returns a page, the newest first. */
export async function listMemories(
  api: Api,
  { offset, replaced }: { readonly offset: number; readonly replaced: boolean },
  signal?: AbortSignal,
): Promise<MemoryPage> {
  const query = { limit: PAGE, offset, replaced: `${replaced}` };
  const answer = new Answer(await api.json(PATH, { query, ...(signal && { signal }) }));
  const memories = answer.objects('data').map(readMemory);
  return { memories, next: answer.flag('has_more') ? offset + memories.length : null };
}

/** Returns what fits the words best, the best first. */
export async function searchMemories(
  api: Api,
  words: string,
  signal?: AbortSignal,
): Promise<readonly Memory[]> {
  const answer = new Answer(await api.json(PATH, { query: { query: words }, ...(signal && { signal }) }));
  return answer.objects('data').map(readMemory);
}

/** Returns one memory, whether it holds or not. */
export async function findMemory(api: Api, id: string, signal?: AbortSignal): Promise<Memory> {
  return readMemory(new Answer(await api.json(pathOf(id), signal && { signal })));
}

/** Remembers a sentence; where it is known already, what is known is returned. */
export async function addMemory(api: Api, text: string): Promise<Memory> {
  return readMemory(new Answer(await api.json(PATH, { method: 'POST', body: { text } })));
}

/** Puts another text in a memory's place, and returns the memory that holds from now on. */
export async function correctMemory(api: Api, id: string, text: string): Promise<Memory> {
  return readMemory(new Answer(await api.json(pathOf(id), { method: 'PATCH', body: { text } })));
}

/** Deletes a memory and its earlier versions for good; goes through even when the page is being left. */
export async function forgetMemory(api: Api, id: string): Promise<void> {
  await api.json(pathOf(id), { method: 'DELETE', keepalive: true });
}

/** Deletes everything remembered of the user for good, and returns how much that was. */
export async function forgetMemories(api: Api): Promise<number> {
  return new Answer(await api.json(PATH, { method: 'DELETE' })).numberOrNull('count') ?? 0;
}

export async function exportMemories(api: Api): Promise<Blob> {
  return (await api.fetch(`${PATH}/export`)).blob();
}

/** Whether a character remembers the user from one conversation to the next. */
export async function remembers(api: Api, characterId: string, signal?: AbortSignal): Promise<boolean> {
  const path = `v1/personas/${encodeURIComponent(characterId)}`;
  const written = new Answer(await api.json(path, signal && { signal })).objectOrNull('written');
  return written?.flag('memory') ?? true;
}

function readMemory(answer: Answer): Memory {
  return {
    id: answer.text('id'),
    text: answer.text('text'),
    toldAt: answer.moment('told_at'),
    conversationId: answer.text('conversation_id'),
    turnId: answer.text('turn_id'),
    confidence: answer.number('confidence'),
    replacedBy: answer.textOrNull('replaced_by'),
  };
}
