/** How those do who hear, answer and speak; looked at anew while somebody looks on. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ProviderHealth } from '../../../api/index.ts';
import { useDuration } from './duration.ts';
import { useProviders, useServerHealth } from './queries.ts';

export function HealthSection(): ReactNode {
  const { t } = useTranslation();
  const { data: providers, error } = useProviders();
  const { data: health } = useServerHealth();
  return (
    <>
      <p className="mild">{t('preferences.health.about')}</p>
      {health !== undefined && <p>{t(`preferences.health.server_${health.status}`)}</p>}
      {error !== null && (
        <p className="note" data-tone="error" role="alert">
          {t('preferences.failed', { reason: error.message })}
        </p>
      )}
      {providers?.length === 0 && <p>{t('preferences.health.none')}</p>}
      <ul className="providers" data-testid="providers">
        {providers?.map((provider) => (
          <Provider key={`${provider.job}-${provider.name}-${provider.address}`} provider={provider} />
        ))}
      </ul>
    </>
  );
}

function Provider({ provider }: { readonly provider: ProviderHealth }): ReactNode {
  const { t } = useTranslation();
  const { job, name, model, address, state, detail, lastError } = provider;
  const where = [model === name ? '' : model, address].filter((part) => part !== '').join(' · ');
  return (
    <li className="provider" data-testid={`provider-${job}-${name}`} data-state={state}>
      <span className="provider-dot" aria-hidden="true" />
      <div>
        <p>
          <span className="provider-job">{t(`preferences.health.job_${job}`)}</span> <strong>{name}</strong>{' '}
          {t(`preferences.health.state_${state}`)}
        </p>
        {where !== '' && <p className="mild">{where}</p>}
        {detail !== '' && state !== 'ready' && <p>{detail}</p>}
        <Record provider={provider} />
        {lastError !== null && !detail.includes(lastError.message) && (
          <p className="mild">{t('preferences.health.last_error', { ...lastError })}</p>
        )}
      </div>
    </li>
  );
}

/** How it has done so far. */
function Record({
  provider: { answers, failures, lastAnswerSecondsAgo, lastLatencyMs },
}: {
  readonly provider: ProviderHealth;
}): ReactNode {
  const { t } = useTranslation();
  const inWords = useDuration();
  if (answers === 0 && failures === 0) return <p className="mild">{t('preferences.health.unused')}</p>;
  return (
    <p className="mild">
      {t('preferences.health.answered', { answers, failures })}{' '}
      {lastAnswerSecondsAgo !== null &&
        t('preferences.health.last', {
          ago: inWords(lastAnswerSecondsAgo),
          latency: Math.round(lastLatencyMs ?? 0),
        })}
    </p>
  );
}
