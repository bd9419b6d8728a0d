/** What the room asks the server for, and what is asked anew when something was written. */
import { useEffect } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';

import {
  deletePersona,
  listPersonaProblems,
  listPersonas,
  listVoices,
  readPersona,
  savePersona,
} from '../../../api/index.ts';
import type {
  PersonaCard,
  PersonaDetail,
  PersonaProblem,
  Voice,
  WrittenPersona,
} from '../../../api/index.ts';
import { useApi, useIntents } from '../../page-context.ts';

const PERSONAS = ['personas'] as const;

export function usePersonas(): UseQueryResult<readonly PersonaCard[]> {
  const api = useApi();
  const intents = useIntents();
  const query = useQuery({
    queryKey: PERSONAS,
    queryFn: ({ signal }) => listPersonas(api, signal),
  });
  const { data } = query;
  useEffect(() => {
    // Whoever is new can be talked to at once.
    if (data !== undefined) intents.setCharacters(data);
  }, [data, intents]);
  return query;
}

export function usePersona(id: string): UseQueryResult<PersonaDetail> {
  const api = useApi();
  return useQuery({
    queryKey: [...PERSONAS, id],
    queryFn: ({ signal }) => readPersona(api, id, signal),
    enabled: id !== '',
    // What somebody is writing is not replaced under their hands.
    staleTime: Infinity,
    gcTime: 0,
  });
}

export function usePersonaProblems(): readonly PersonaProblem[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['persona-problems'],
    queryFn: ({ signal }) => listPersonaProblems(api, signal),
  });
  return data ?? [];
}

export function useVoices(): readonly Voice[] {
  const api = useApi();
  const { data } = useQuery({ queryKey: ['voices'], queryFn: ({ signal }) => listVoices(api, signal) });
  return data ?? [];
}

interface Saving {
  readonly id: string;
  readonly written: WrittenPersona;
}

/** @param onSaved - called though the room was left meanwhile. */
export function useSavePersona(
  onSaved: (saved: PersonaDetail) => void,
): UseMutationResult<PersonaDetail, Error, Saving> {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, written }: Saving) => savePersona(api, id, written),
    onSuccess: (saved) => {
      onSaved(saved);
      return queries.invalidateQueries({ queryKey: PERSONAS });
    },
  });
}

export function useDeletePersona(): UseMutationResult<void, Error, string> {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deletePersona(api, id),
    onSuccess: () => queries.invalidateQueries({ queryKey: PERSONAS }),
  });
}
