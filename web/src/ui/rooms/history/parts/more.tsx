/** The end of a list that has more: it grows by itself as the reader gets there, and by a button for whoever does not scroll. */
import { useCallback } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Failure } from './failure.tsx';
import { useNearEnd } from './use-near-end.ts';

interface MoreProps {
  /** What an infinite query tells of itself. */
  readonly list: {
    readonly error: unknown;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

export function More({
  list: { error, hasNextPage, isFetchingNextPage, fetchNextPage },
}: MoreProps): ReactNode {
  const { t } = useTranslation();
  const more = useCallback(() => {
    void fetchNextPage();
  }, [fetchNextPage]);
  const hasFailed = error !== null;
  const end = useNearEnd(hasNextPage && !isFetchingNextPage && !hasFailed ? more : null);
  return (
    <div ref={end} className="archive-end">
      {hasFailed && <Failure error={error} onRetry={more} />}
      {hasNextPage && !hasFailed && (
        <button type="button" className="archive-button" disabled={isFetchingNextPage} onClick={more}>
          {isFetchingNextPage ? t('archive.loading') : t('archive.more')}
        </button>
      )}
    </div>
  );
}
