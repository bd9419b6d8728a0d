/** What this is. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useDuration } from './duration.ts';
import { useServerHealth } from './queries.ts';

export function AboutSection(): ReactNode {
  const { t } = useTranslation();
  const inWords = useDuration();
  const { data: health } = useServerHealth();
  return (
    <>
      {health !== undefined && (
        <>
          <p data-testid="version">{t('preferences.about.version', { version: health.version })}</p>
          <p className="mild">{t('preferences.about.uptime', { time: inWords(health.uptimeSeconds) })}</p>
        </>
      )}
      <p>{t('preferences.about.text')}</p>
      <p>
        <a className="text-link" href="licenses.md" target="_blank" rel="noreferrer" data-testid="licences">
          {t('preferences.about.licences')}
        </a>
      </p>
    </>
  );
}
