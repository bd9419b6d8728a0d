/** One thing said: who, when, which words were heard, and how long the answer took. */
import { memo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { captionOf } from '../state/index.ts';
import type { Utterance } from '../state/index.ts';
import { TimingLine } from './timing-line.tsx';

interface UtteranceProps {
  readonly utterance: Utterance;
}

/** An utterance as an entry of the history; drawn again only when it changed. */
export const UtteranceView: React.NamedExoticComponent<UtteranceProps> = memo(function UtteranceView({
  utterance,
}: UtteranceProps): ReactNode {
  return (
    <article
      className="utterance"
      data-testid="turn"
      data-speaker={utterance.speaker}
      data-status={utterance.status}
    >
      <UtteranceBody utterance={utterance} />
    </article>
  );
});

/** What an entry of the history and a live caption have in common. */
export function UtteranceBody({ utterance }: UtteranceProps): ReactNode {
  const { heard, unheard } = captionOf(utterance);
  return (
    <>
      <UtteranceHead utterance={utterance} />
      <p className="words">
        {heard === '' && unheard === '' ? (
          <Waiting utterance={utterance} />
        ) : (
          <span className="stable">{heard}</span>
        )}
        {unheard !== '' && <UnheardWords words={unheard} />}
      </p>
      <StatusLine utterance={utterance} />
      {utterance.timing !== null && utterance.speaker === 'assistant' && (
        <TimingLine marks={utterance.timing} />
      )}
    </>
  );
}

function UtteranceHead({ utterance: { speaker, source, at } }: UtteranceProps): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <p className="utterance-head">
      <span>{speaker === 'user' ? t('history.you') : t('history.assistant')}</span>
      {source === 'text' && speaker === 'user' && <span className="mild">{t('history.typed')}</span>}
      <time className="mild" dateTime={new Date(at).toISOString()}>
        {formatTime(at, i18n.language)}
      </time>
    </p>
  );
}

function UnheardWords({ words }: { readonly words: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <del className="unheard" data-testid="unheard" title={t('history.unheard')}>
      <span className="unseen">{`(${t('history.unheard')}) `}</span>
      {words}
    </del>
  );
}

/** Three dots where words will be. */
function Waiting({ utterance: { speaker, status } }: UtteranceProps): ReactNode {
  const { t } = useTranslation();
  if (status !== 'live') return null;
  return (
    <span className="waiting">
      {speaker === 'user' && <span className="unseen">{t('history.understanding')}</span>}
      <span className="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </span>
  );
}

function StatusLine({ utterance: { speaker, status } }: UtteranceProps): ReactNode {
  const { t } = useTranslation();
  switch (status) {
    case 'pending':
      return <p className="status-line">{t('history.pending')}</p>;
    case 'interrupted':
      return <p className="status-line">{t('history.interrupted')}</p>;
    case 'failed':
      return (
        <p className="status-line">
          {speaker === 'user' ? t('history.not_understood') : t('history.broke_off')}
        </p>
      );
    case 'live':
    case 'done':
      return null;
  }
}

/** The time of day, with the day when it is not today. */
function formatTime(at: number, language: string): string {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(isToday ? {} : { month: 'short', day: 'numeric' }),
  }).format(moment);
}
