/** Where the settings are kept. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useHasKey } from '../../page-context.ts';
import { useMe } from '../use-me.ts';

export function SyncNote(): ReactNode {
  const { t } = useTranslation();
  const hasKey = useHasKey();
  const { data: me } = useMe();
  const isKnown = hasKey && me !== undefined && me.user !== '';
  return (
    <p className="mild" data-testid="sync-note">
      {isKnown ? t('preferences.synced', { user: me.user }) : t('preferences.unsynced')}
    </p>
  );
}
