/** What could not be had, in plain words, with what to do. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../../../api/index.ts';
import { WarningIcon } from '../../../icons.tsx';

interface FailureProps {
  readonly error: unknown;
  /** Null where trying again is of no use. */
  readonly onRetry: (() => void) | null;
}

export function Failure({ error, onRetry }: FailureProps): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  return (
    <div className="archive-failure" role="alert" data-testid="room-error">
      <WarningIcon />
      <p>{words(error)}</p>
      {onRetry !== null && (
        <button type="button" className="archive-button" data-testid="room-retry" onClick={onRetry}>
          {t('action.retry')}
        </button>
      )}
    </div>
  );
}

/** Returns what turns an error into a sentence. */
export function useFailureWords(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return t('archive.failed.other');
    if (error.code === 'unreachable') return t('archive.failed.unreachable');
    if (error.code === 'unexpected_answer') return t('archive.failed.unexpected');
    if (error.status === 401 || error.status === 403) return t('archive.failed.key');
    if (error.code === 'conversation_not_found') return t('archive.failed.gone');
    if (error.code === 'conversation_not_recorded') return t('archive.failed.no_sound');
    // The server's own words: it knows more than the page.
    return t('archive.failed.refused', { reason: error.message });
  };
}
