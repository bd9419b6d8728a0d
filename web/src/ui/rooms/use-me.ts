/** Whom the server takes the user for. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';

import { readPreferences } from '../../api/index.ts';
import type { KeptPreferences } from '../../api/index.ts';
import { useApi, useHasKey } from '../page-context.ts';

export function useMe(): UseQueryResult<KeptPreferences> {
  const api = useApi();
  const hasKey = useHasKey();
  return useQuery({ queryKey: ['me', hasKey], queryFn: ({ signal }) => readPreferences(api, signal) });
}

/** Whether the user may change what all share; who cannot be asked is let try, for the server has the last word. */
export function useIsOwner(): boolean {
  const { data } = useMe();
  return data?.isOwner ?? true;
}
