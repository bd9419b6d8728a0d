/** The user's conversations as the server has them, and what can be done with them. */
import { useCallback } from 'react';
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
  deleteConversation,
  deleteConversations,
  listConversations,
  readConversation,
  renameConversation,
  searchConversations,
} from '../../../api/conversations.ts';
import type { ConversationPage, ConversationSummary, WholeConversation } from '../../../api/conversations.ts';
import { useApi, useIntents } from '../../page-context.ts';
import { changed } from './cache.ts';
import type { Kept } from './cache.ts';

const KEY = ['conversations'] as const;

export type ConversationList = UseInfiniteQueryResult<InfiniteData<ConversationPage, string | null>>;

export function useConversationList(): ConversationList {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...KEY, 'list'],
    queryFn: ({ pageParam, signal }) => listConversations(api, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

/** The last hits stay while others are looked for. */
export function useConversationSearch(words: string): UseQueryResult<readonly ConversationSummary[]> {
  const api = useApi();
  return useQuery({
    queryKey: [...KEY, 'search', words],
    queryFn: ({ signal }) => searchConversations(api, words, signal),
    enabled: words !== '',
    placeholderData: keepPreviousData,
  });
}

export function useWholeConversation(id: string): UseQueryResult<WholeConversation> {
  const api = useApi();
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => readConversation(api, id, signal),
  });
}

interface Renaming {
  readonly id: string;
  readonly title: string;
}

interface Before {
  readonly undo: () => void;
}

/** Renames at once, and back when the server refuses. */
export function useRename(): UseMutationResult<ConversationSummary, Error, Renaming, Before> {
  const api = useApi();
  const optimist = useOptimist();
  return useMutation({
    mutationFn: ({ id, title }: Renaming) => renameConversation(api, id, title),
    onMutate: ({ id, title }) => optimist((summary) => (summary.id === id ? { ...summary, title } : summary)),
    onError: (_error, _renaming, before) => before?.undo(),
    onSettled: useRefresh(),
  });
}

/** Told also when what began it is not on the screen any more. */
export interface Outcome<Value> {
  readonly onDone: (value: Value) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Takes it off the list at once, and puts it back when the server refuses; leaves the page's own for a new one. */
export function useDelete({
  onDone,
  onFailed,
}: Outcome<void>): UseMutationResult<void, Error, string, Before> {
  const api = useApi();
  const optimist = useOptimist();
  const intents = useIntents();
  return useMutation({
    mutationFn: (id: string) => deleteConversation(api, id),
    onMutate: (id) => optimist((summary) => (summary.id === id ? null : summary)),
    onError: (error, _id, before) => {
      before?.undo();
      onFailed(error);
    },
    onSuccess: (_nothing, id) => {
      intents.forgetConversation(id);
      onDone();
    },
    onSettled: useRefresh(),
  });
}

export function useDeleteAll({ onDone, onFailed }: Outcome<number>): UseMutationResult<number, Error, void> {
  const api = useApi();
  const intents = useIntents();
  return useMutation({
    mutationFn: () => deleteConversations(api),
    onSuccess: (count) => {
      intents.forgetConversation(null);
      onDone(count);
    },
    onError: (error: Error) => {
      onFailed(error);
    },
    onSettled: useRefresh(),
  });
}

/** Returns what changes everything kept, and says how to take that back. */
function useOptimist(): (change: Parameters<typeof changed>[1]) => Promise<Before> {
  const queries = useQueryClient();
  return useCallback(
    async (change) => {
      // An answer on its way would put back what is being changed.
      await queries.cancelQueries({ queryKey: KEY });
      const before = queries.getQueriesData<Kept>({ queryKey: KEY });
      queries.setQueriesData<Kept>({ queryKey: KEY }, (kept) => changed(kept, change));
      return {
        undo: () => {
          for (const [key, kept] of before) queries.setQueryData(key, kept);
        },
      };
    },
    [queries],
  );
}

function useRefresh(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    void queries.invalidateQueries({ queryKey: KEY });
  }, [queries]);
}
