/** The memory that a reply rested on, which the reader came to see: as it is now, or what became of it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../../api/index.ts';
import { Failure } from '../history/parts/failure.tsx';
import { roomLink } from '../use-room.ts';
import { useShared } from './memory-actions.ts';
import { MemoryRow } from './memory-row.tsx';
import { useHidden, useMemory } from './use-memories.ts';

export function OneMemory({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useMemory(id);
  const hidden = useHidden(useShared().forgetting);
  if (hidden.has(id)) return null;
  return (
    <section className="memories-wanted" data-testid="wanted-memory">
      <h3>{t('memories.wanted')}</h3>
      {error !== null && <Gone error={error} onRetry={() => void refetch()} />}
      {error === null && data !== undefined && <MemoryRow memory={data} query="" />}
      {error === null && typeof data?.replacedBy === 'string' && (
        <a href={roomLink('memories', data.replacedBy)}>{t('memories.see_replacement')}</a>
      )}
    </section>
  );
}

function Gone({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.code === 'memory_not_found') {
    return <p className="mild">{t('memories.gone')}</p>;
  }
  return <Failure error={error} onRetry={onRetry} />;
}
