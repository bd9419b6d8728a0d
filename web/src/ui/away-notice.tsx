/** Says that the page was opened without its server; what was said before can be read all the same. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { CloudOffIcon } from './icons.tsx';
import { useConversation } from './page-context.ts';
import { useServerPresence } from './use-server-presence.ts';

export function AwayNotice(): ReactNode {
  const { t } = useTranslation();
  // A conversation that runs, or broke off, tells it better.
  const isQuiet = useConversation(
    ({ phase, connection }) => phase === 'stopped' && connection.kind === 'offline',
  );
  const { isAway, ask } = useServerPresence(isQuiet);
  if (!isAway) return null;
  return (
    <section className="notice" role="status" data-testid="away">
      <CloudOffIcon />
      <div className="notice-words">
        <strong>{t('away.title')}</strong>
        <p>{t('away.remedy')}</p>
        <div className="offers">
          <button type="button" onClick={ask}>
            {t('action.retry')}
          </button>
        </div>
      </div>
    </section>
  );
}
