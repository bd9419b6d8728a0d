/** What the room asks the server for. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';

import { listEngines, listProviders, readHealth } from '../../../api/index.ts';
import type { ProviderHealth, ReplyEngine, ServerHealth } from '../../../api/index.ts';
import { useApi } from '../../page-context.ts';

/** How services are changes by itself: asked for again while somebody looks. */
const LOOK_AGAIN_MS = 4000;

export function useEngines(): UseQueryResult<readonly ReplyEngine[]> {
  const api = useApi();
  return useQuery({ queryKey: ['engines'], queryFn: ({ signal }) => listEngines(api, signal) });
}

export function useProviders(): UseQueryResult<readonly ProviderHealth[]> {
  const api = useApi();
  return useQuery({
    queryKey: ['providers'],
    queryFn: ({ signal }) => listProviders(api, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}

export function useServerHealth(): UseQueryResult<ServerHealth> {
  const api = useApi();
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => readHealth(api, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
