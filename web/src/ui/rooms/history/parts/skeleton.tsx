/** The shape of what is on its way. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const ROWS = [72, 54, 83, 61, 47] as const;

export function Skeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="archive-skeleton" role="status" data-testid="room-loading">
      <span className="unseen">{t('archive.loading')}</span>
      {ROWS.map((width) => (
        <div key={width} className="archive-card" aria-hidden="true">
          <i style={{ width: `${width}%` }} />
          <i style={{ width: `${width / 2}%` }} />
        </div>
      ))}
    </div>
  );
}
