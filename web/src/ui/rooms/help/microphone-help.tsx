/** Whether this page may use the microphone, as it is at this moment, and how to let it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { browserOf } from './browser.ts';
import { useMicrophonePermission } from './use-permission.ts';

export function MicrophoneHelp(): ReactNode {
  const { t } = useTranslation();
  const permission = useMicrophonePermission();
  const browser = browserOf(navigator.userAgent);
  return (
    <section>
      <h3>{t('help.microphone.title')}</h3>
      <p className="permission" role="status" data-testid="permission" data-permission={permission}>
        <span className="permission-dot" aria-hidden="true" />
        {t(`help.microphone.${permission}`)}
      </p>
      {permission === 'denied' && (
        <div className="how" data-testid="how-to-allow">
          <h4>{t('help.microphone.how')}</h4>
          <p>{t(`help.microphone.how_${browser}`)}</p>
          <p className="mild">{t('help.microphone.how_system')}</p>
        </div>
      )}
    </section>
  );
}
