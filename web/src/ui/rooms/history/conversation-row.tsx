/** A conversation in a list: what it was about, with whom, when, how long; and what can be done with it. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ConversationSummary } from '../../../api/conversations.ts';
import { useConversation } from '../../page-context.ts';
import { roomLink } from '../use-room.ts';
import { ConversationActions } from './conversation-actions.tsx';
import { fullMoment, shortMoment } from './days.ts';
import { GoOnButton } from './go-on-button.tsx';
import { useFailureWords } from './parts/failure.tsx';
import { MoreIcon } from './parts/icons.tsx';
import { InPlaceEditor } from './parts/in-place-editor.tsx';
import { Marked } from './parts/marked.tsx';
import type { Saying } from './parts/saying.tsx';
import { useRename } from './use-conversations.ts';
import { MAX_TITLE, useTitle } from './use-title.ts';

interface RowProps {
  readonly summary: ConversationSummary;
  /** The words that were looked for; empty for none. */
  readonly query: string;
  readonly now: number;
  readonly saying: Saying;
}

export function ConversationRow({ summary, query, now, saying }: RowProps): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const [isOpen, setOpen] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const isCurrent = useConversation(({ conversationId }) => conversationId === summary.id);
  const failed = (error: unknown): void => {
    saying.say({ text: words(error), tone: 'failed' });
  };
  const rename = useRename();
  const title = useTitle(summary);
  return (
    <article className="archive-card" data-testid="conversation" data-current={isCurrent}>
      <div className="archive-card-head">
        <div className="archive-card-words">
          {isRenaming ? (
            <InPlaceEditor
              label={t('archive.title_label')}
              value={summary.title}
              maxLength={MAX_TITLE}
              onKeep={(value) => {
                rename.mutate({ id: summary.id, title: value }, { onError: failed });
              }}
              onEnd={() => {
                setRenaming(false);
              }}
            />
          ) : (
            <a
              className="archive-title"
              data-testid="conversation-title"
              href={roomLink(
                'history',
                summary.id,
                ...(summary.found === null ? [] : [summary.found.entryId]),
              )}
            >
              <span>
                <Marked text={title} query={query} />
              </span>
            </a>
          )}
          <Facts summary={summary} now={now} isCurrent={isCurrent} />
        </div>
        <GoOnButton id={summary.id} isCurrent={isCurrent} onFailed={failed} />
        <button
          type="button"
          className="archive-icon"
          data-testid="conversation-more"
          aria-expanded={isOpen}
          aria-label={t('archive.actions', { title })}
          onClick={() => {
            setOpen(!isOpen);
          }}
        >
          <MoreIcon />
        </button>
      </div>
      {summary.found !== null && (
        <p className="archive-snippet">
          <Marked text={summary.found.snippet} query={query} />
        </p>
      )}
      {isOpen && (
        <ConversationActions
          summary={summary}
          hasSound
          saying={saying}
          onRename={() => {
            setOpen(false);
            setRenaming(true);
          }}
        />
      )}
    </article>
  );
}

interface FactsProps {
  readonly summary: ConversationSummary;
  readonly now: number;
  readonly isCurrent: boolean;
}

/** With whom, when, how long, in one line. */
export function Facts({ summary: { persona, updatedAt, messages }, now, isCurrent }: FactsProps): ReactNode {
  const { t, i18n } = useTranslation();
  const character = useConversation(({ characters, preferences }) => {
    const known = characters.find(({ id }) => id === persona);
    return known?.names[preferences.language] ?? known?.name ?? persona;
  });
  return (
    <p className="archive-facts">
      {isCurrent && (
        <span className="archive-now" data-testid="now">
          {t('archive.now')}
        </span>
      )}
      {character !== '' && <span>{character}</span>}
      <time dateTime={new Date(updatedAt).toISOString()} title={fullMoment(updatedAt, i18n.language)}>
        {shortMoment(updatedAt, now, i18n.language)}
      </time>
      {messages !== null && (
        <span>{messages === 1 ? t('archive.one_message') : t('archive.messages', { value: messages })}</span>
      )}
    </p>
  );
}
