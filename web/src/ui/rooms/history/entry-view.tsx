/** One thing that was said or done in an earlier conversation. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Entry, Turn } from '../../../api/conversations.ts';
import { spaceBefore } from '../../utterance-words.tsx';
import { TimingLine } from '../../timing-line.tsx';
import { roomLink } from '../use-room.ts';
import { isCall, marksOf, wordsOf } from './as-opened.ts';
import { fullMoment, timeOfDay } from './days.ts';
import { EntrySound } from './entry-sound.tsx';

interface EntryProps {
  readonly conversationId: string;
  readonly entry: Entry;
  /** How it came about, for a reply. */
  readonly turn: Turn | undefined;
  /** Whether the reader came for this one. */
  readonly isWanted: boolean;
}

export function EntryView({ conversationId, entry, turn, isWanted }: EntryProps): ReactNode {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isWanted) item.current?.scrollIntoView({ block: 'center' });
  }, [isWanted]);
  const content =
    entry.call === null ? <Said {...{ conversationId, entry, turn }} /> : <Called entry={entry} />;
  return (
    <li ref={item} data-testid="entry" data-speaker={entry.role} data-wanted={isWanted}>
      {content}
    </li>
  );
}

function Said({ conversationId, entry, turn }: Omit<EntryProps, 'isWanted'>): ReactNode {
  const { t } = useTranslation();
  const { heard, unheard } = wordsOf(entry);
  if ((heard + unheard).trim() === '' || entry.role === 'system') return null;
  return (
    <article className="utterance" data-speaker={entry.role}>
      <SaidHead conversationId={conversationId} entry={entry} />
      <p className="words">
        {heard}
        {unheard !== '' && <Unheard words={unheard} />}
      </p>
      {entry.isInterrupted && <p className="status-line">{t('history.interrupted')}</p>}
      {turn !== undefined && entry.role === 'assistant' && <ReplyNotes turn={turn} />}
    </article>
  );
}

/** Who, how and when; and the sound of it. */
function SaidHead({ conversationId, entry }: Pick<EntryProps, 'conversationId' | 'entry'>): ReactNode {
  const { t, i18n } = useTranslation();
  const isUser = entry.role === 'user';
  return (
    <p className="utterance-head">
      <span>{isUser ? t('history.you') : t('history.assistant')}</span>
      {entry.source === 'text' && isUser && <span className="mild">{t('history.typed')}</span>}
      {entry.isAside && <span className="mild">{t('archive.aside')}</span>}
      <time
        className="mild"
        dateTime={new Date(entry.createdAt).toISOString()}
        title={fullMoment(entry.createdAt, i18n.language)}
      >
        {timeOfDay(entry.createdAt, i18n.language)}
      </time>
      {entry.hasSound && <EntrySound conversationId={conversationId} entryId={entry.id} />}
    </p>
  );
}

function Unheard({ words }: { readonly words: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {spaceBefore(words)}
      <del className="unheard" data-testid="unheard" title={t('history.unheard')}>
        <span className="unseen">{`(${t('history.unheard')}) `}</span>
        {words.trimStart()}
      </del>
    </>
  );
}

/** What the reply rests on, and how long it took. */
function ReplyNotes({ turn }: { readonly turn: Turn }): ReactNode {
  const marks = marksOf(turn);
  return (
    <>
      <Memories turn={turn} />
      {marks !== null && <TimingLine marks={marks} />}
    </>
  );
}

function Memories({ turn: { memories } }: { readonly turn: Turn }): ReactNode {
  const { t } = useTranslation();
  if (memories.length === 0) return null;
  return (
    <details className="memory-note">
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

/** A tool's line opens to what it was given and what it answered. */
function Called({ entry }: { readonly entry: Entry }): ReactNode {
  const { t } = useTranslation();
  const { call } = entry;
  if (call === null || !isCall(entry)) return null;
  const hasFailed = call.errorCode !== '';
  return (
    <details className="archive-tool" data-status={hasFailed ? 'failed' : 'done'}>
      <summary>{t(hasFailed ? 'tool.failed' : 'tool.done', { name: call.name })}</summary>
      <dl>
        <dt>{t('archive.tool_given')}</dt>
        <dd>
          <code>{call.arguments}</code>
        </dd>
        <dt>{t('archive.tool_answered')}</dt>
        <dd>
          <code>{hasFailed ? call.errorCode : call.output}</code>
        </dd>
      </dl>
    </details>
  );
}
