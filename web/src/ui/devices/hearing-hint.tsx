/** Why the user is not heard well, beside the level that shows it; it goes away by itself. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { WarningIcon } from '../icons.tsx';
import { useConversation } from '../page-context.ts';
import { openRoom } from '../rooms/use-room.ts';
import './devices.css';

export function HearingHint(): ReactNode {
  const { t } = useTranslation();
  const trouble = useConversation(({ hearing }) => hearing);
  const name = useConversation(({ microphoneInUse }) => microphoneInUse);
  // The element stays, so that assistive technology reads what comes into it.
  return (
    <div className="hearing" role="status" data-testid="hearing" data-trouble={trouble ?? 'none'}>
      {trouble !== null && (
        <div className="hearing-hint">
          <WarningIcon />
          <div>
            <strong>{t(`devices.trouble.${trouble}.title`)}</strong>
            <p>{t(`devices.trouble.${trouble}.remedy`)}</p>
            {name !== '' && <p className="mild">{t('devices.trouble.using', { name })}</p>}
          </div>
          <button
            type="button"
            className="device-button"
            data-testid="change-microphone"
            onClick={() => {
              openRoom('settings', 'sound');
            }}
          >
            {t('devices.trouble.change')}
          </button>
        </div>
      )}
    </div>
  );
}
