/** What is remembered of the user as the server has it, and what can be done with it. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type {
  InfiniteData,
  UseInfiniteQueryResult,
  UseMutationResult,
  UseQueryResult,
} from '@tanstack/react-query';

import {
  addMemory,
  correctMemory,
  findMemory,
  forgetMemories,
  forgetMemory,
  listMemories,
  remembers,
  searchMemories,
} from '../../../api/memories.ts';
import type { Memory, MemoryPage } from '../../../api/memories.ts';
import { ApiError } from '../../../api/index.ts';
import type { Api } from '../../../api/index.ts';
import { partnerOf } from '../../../state/index.ts';
import { useApi, useConversation } from '../../page-context.ts';
import { changed } from './cache.ts';
import type { Kept } from './cache.ts';
import { Forgetting } from './forgetting.ts';

const KEY = ['memories'] as const;

export type MemoryList = UseInfiniteQueryResult<InfiniteData<MemoryPage, number>>;

/** @param replaced - whether what holds no longer is wanted too. */
export function useMemoryList(replaced: boolean): MemoryList {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...KEY, 'list', replaced],
    queryFn: ({ pageParam: offset, signal }) => listMemories(api, { offset, replaced }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

/** The last hits stay while others are looked for. */
export function useMemorySearch(words: string): UseQueryResult<readonly Memory[]> {
  const api = useApi();
  return useQuery({
    queryKey: [...KEY, 'search', words],
    queryFn: ({ signal }) => searchMemories(api, words, signal),
    placeholderData: keepPreviousData,
  });
}

export function useMemory(id: string): UseQueryResult<Memory> {
  const api = useApi();
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => findMemory(api, id, signal),
  });
}

/** The name of the character the user talks to, when it remembers nobody; null when it does, or nothing is known. */
export function useForgetfulCharacter(): string | null {
  const api = useApi();
  const id = useConversation((state) => partnerOf(state).character);
  const name = useConversation(({ characters, preferences }) => {
    const character = characters.find((candidate) => candidate.id === id);
    return character?.names[preferences.language] ?? character?.name ?? id;
  });
  const { data } = useQuery({
    queryKey: ['characters', 'remembers', id],
    queryFn: ({ signal }) => remembers(api, id, signal),
    enabled: id !== '',
    // A note beside the list: without an answer there is none.
    retry: false,
  });
  return data === false ? name : null;
}

/** Told also when what began it is not on the screen any more. */
interface Outcome<Value> {
  readonly onDone: (value: Value) => void;
  readonly onFailed: (error: unknown) => void;
}

export function useAdd({ onDone, onFailed }: Outcome<Memory>): UseMutationResult<Memory, Error, string> {
  const api = useApi();
  return useMutation({
    mutationFn: (text: string) => addMemory(api, text),
    onSuccess: (memory) => {
      onDone(memory);
    },
    onError: (error: Error) => {
      onFailed(error);
    },
    onSettled: useRefresh(),
  });
}

interface Correction {
  readonly id: string;
  readonly text: string;
}

/** Corrects at once, and back when the server refuses. */
export function useCorrect(
  onFailed: (error: unknown) => void,
): UseMutationResult<Memory, Error, Correction, () => void> {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, text }: Correction) => correctMemory(api, id, text),
    onMutate: async ({ id, text }) => {
      // An answer on its way would put back what is being changed.
      await queries.cancelQueries({ queryKey: KEY });
      const before = queries.getQueriesData<Kept>({ queryKey: KEY });
      queries.setQueriesData<Kept>({ queryKey: KEY }, (kept) =>
        changed(kept, (memory) => (memory.id === id ? { ...memory, text } : memory)),
      );
      return () => {
        for (const [key, kept] of before) queries.setQueryData(key, kept);
      };
    },
    onError: (error, _correction, undo) => {
      undo?.();
      onFailed(error);
    },
    onSuccess: (corrected, { id }) => {
      // The server has put another memory in its place.
      queries.setQueriesData<Kept>({ queryKey: KEY }, (kept) =>
        changed(kept, (memory) => (memory.id === id ? corrected : memory)),
      );
    },
    onSettled: useRefresh(),
  });
}

export function useForgetAll({ onDone, onFailed }: Outcome<number>): UseMutationResult<number, Error, void> {
  const api = useApi();
  return useMutation({
    mutationFn: () => forgetMemories(api),
    onSuccess: (count) => {
      onDone(count);
    },
    onError: (error: Error) => {
      onFailed(error);
    },
    onSettled: useRefresh(),
  });
}

/** What is to be forgotten, as long as the room is open; what waits when it closes is forgotten then. */
export function useForgetting(onFailed: (error: unknown) => void): Forgetting {
  const api = useApi();
  const refresh = useRefresh();
  const [forgetting] = useState(
    () => new Forgetting({ forget: (id) => forgotten(api, id), onForgotten: refresh, onFailed }),
  );
  useEffect(() => {
    const end = new AbortController();
    const flush = (): void => {
      forgetting.flush();
    };
    window.addEventListener('pagehide', flush, { signal: end.signal });
    return () => {
      end.abort();
      flush();
    };
  }, [forgetting]);
  return forgetting;
}

/** What is not there any more has been forgotten: with a later version of it, or in another window. */
async function forgotten(api: Api, id: string): Promise<void> {
  try {
    await forgetMemory(api, id);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'memory_not_found')) throw error;
  }
}

export function useHidden(forgetting: Forgetting): ReadonlySet<string> {
  return useSyncExternalStore(
    useCallback((listener: () => void) => forgetting.subscribe(listener), [forgetting]),
    () => forgetting.hidden,
  );
}

function useRefresh(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    void queries.invalidateQueries({ queryKey: KEY });
  }, [queries]);
}
