/** One thing said: who, when, which words were heard, and how long the answer took. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Utterance } from '../state/index.ts';
import { useConversation } from './page-context.ts';
import { roomLink } from './rooms/index.ts';
import { ReplyActions } from './reply-actions.tsx';
import { TimingLine } from './timing-line.tsx';
import { Aside, UtteranceWords } from './utterance-words.tsx';

interface UtteranceProps {
  readonly utterance: Utterance;
}

interface UtteranceViewProps extends UtteranceProps {
  /** The newest: what can be done with it stands open. */
  readonly isLast: boolean;
}

/** An utterance as an entry of the history. */
export function UtteranceView({ utterance, isLast }: UtteranceViewProps): ReactNode {
  if (utterance.aside !== 'no') return <Aside words={utterance.text} />;
  return (
    <article
      className="utterance"
      data-testid="turn"
      data-speaker={utterance.speaker}
      data-status={utterance.status}
      data-last={isLast}
    >
      <UtteranceHead utterance={utterance} />
      <p className="words">
        <UtteranceWords utterance={utterance} />
      </p>
      <UtteranceNotes utterance={utterance} />
    </article>
  );
}

/** Who, how and when. */
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

/** What became of it, and how long it took. */
function UtteranceNotes({ utterance }: UtteranceProps): ReactNode {
  const { speaker, status, timing, responseId } = utterance;
  const isReply = speaker === 'assistant' && status !== 'live';
  return (
    <>
      <StatusLine utterance={utterance} />
      {responseId !== null && speaker === 'assistant' && <MemoryNote responseId={responseId} />}
      {timing !== null && speaker === 'assistant' && <TimingLine marks={timing} />}
      {isReply && <ReplyActions utterance={utterance} />}
    </>
  );
}

/** What the reply rests on of what is remembered of the user. */
function MemoryNote({ responseId }: { readonly responseId: string }): ReactNode {
  const { t } = useTranslation();
  const memories = useConversation((state) => state.memories[responseId]) ?? [];
  if (memories.length === 0) return null;
  return (
    <details className="memory-note" data-testid="memory-note">
      <summary>{t('history.remembered', { count: memories.length })}</summary>
      <ul>
        {memories.map(({ id, text }) => (
          <li key={id}>
            <a href={roomLink('memories', id)}>{text}</a>
          </li>
        ))}
      </ul>
    </details>
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
    hour: 'numeric',
    minute: '2-digit',
    ...(isToday ? {} : { month: 'short', day: 'numeric' }),
  }).format(moment);
}
