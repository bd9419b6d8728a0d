/** How to open this page so that the browser lets it have the microphone, with the addresses to use spelled out. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { waysIn } from './ways-in.ts';
import './devices.css';

/** The same in every language. */
const SERVE = 'vivavoce serve --tls';

export function InsecureHelp(): ReactNode {
  const { t } = useTranslation();
  const { here, local, secure, tunnel } = waysIn(window.location);
  return (
    <div className="insecure-help" data-testid="insecure-help">
      <p>{t('devices.insecure.why', { address: here })}</p>
      <ol>
        <li>
          {t('devices.insecure.local')} <a href={local}>{local}</a>
        </li>
        <li>
          {t('devices.insecure.secure')} <code>{SERVE}</code> {t('devices.insecure.then')}{' '}
          <a href={secure}>{secure}</a>
        </li>
        <li>
          {t('devices.insecure.tunnel')} <code>{tunnel}</code> {t('devices.insecure.then')}{' '}
          <a href={local}>{local}</a>
        </li>
      </ol>
    </div>
  );
}
