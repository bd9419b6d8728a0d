/** How the engines do that are not ready, with the progress of what they load. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ailingComponents } from '../state/index.ts';
import type { ConversationState } from '../state/index.ts';
import { useConversation } from './page-context.ts';

type Component = ConversationState['components'][number];
type Ailment = Exclude<Component['state'], 'ready'>;

/** The worst first: the banner as a whole takes the name of its worst part. */
const BY_GRAVITY = ['missing', 'degraded', 'loading'] as const satisfies readonly Ailment[];

export function ServiceBanner(): ReactNode {
  const { t } = useTranslation();
  const components = useConversation(ailingComponents);
  const worst = BY_GRAVITY.find((ailment) => components.some(({ state }) => state === ailment));
  if (worst === undefined) return null;
  return (
    <section className="notice service" role="status" data-testid="service" data-state={worst}>
      <div className="notice-words">
        <strong>{t(`service.${worst}`)}</strong>
        <ul>
          {components.map((component) => (
            <ComponentLine key={`${component.job} ${component.name}`} component={component} />
          ))}
        </ul>
        {worst === 'missing' && <p>{t('service.pull')}</p>}
      </div>
    </section>
  );
}

function ComponentLine({
  component: { job, name, state, detail, progress },
}: {
  readonly component: Component;
}): ReactNode {
  const { t } = useTranslation();
  if (state === 'ready') return null;
  return (
    <li>
      <span className="component-name">{t(`service.${job}`)}</span>
      <span className="mild">{name}</span>
      <span>{t(`service.state_${state}`)}</span>
      {progress !== null && (
        <>
          <progress value={progress} max={1} aria-label={t(`service.${job}`)} />
          <span className="mild">{t('service.percent', { value: Math.round(100 * progress) })}</span>
        </>
      )}
      {detail !== '' && <span className="mild">{detail}</span>}
    </li>
  );
}
