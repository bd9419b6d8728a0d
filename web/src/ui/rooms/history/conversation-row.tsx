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
import { MoreIcon } from './parts/icons.tsx';
import { Marked } from './parts/marked.tsx';
import type { Saying } from './parts/saying.tsx';
import { TitleEditor } from './title-editor.tsx';
import { useTitle } from './use-title.ts';

interface RowProps {
  readonly summary: ConversationSummary;
  /** The words that were looked for; empty for none. */
  readonly query: string;
  readonly now: number;
  readonly saying: Saying;
}

export function ConversationRow({ summary, query, now, saying }: RowProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const isCurrent = useConversation(({ conversationId }) => conversationId === summary.id);
  return (
    <article className="archive-card" data-testid="conversation" data-current={isCurrent}>
      <div className="archive-card-head">
        <div className="archive-card-words">
          {isRenaming ? (
            <TitleEditor
              summary={summary}
              saying={saying}
              onEnd={() => {
                setRenaming(false);
              }}
            />
          ) : (
            <TitleLink summary={summary} query={query} />
          )}
          <Facts summary={summary} now={now} isCurrent={isCurrent} />
        </div>
        <GoOnButton id={summary.id} isCurrent={isCurrent} />
        <MoreButton summary={summary} isOpen={isOpen} onOpen={setOpen} />
      </div>
      <Snippet summary={summary} query={query} />
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

interface WordsProps {
  readonly summary: ConversationSummary;
  readonly query: string;
}

/** Leads to the words that were found, where words were looked for. */
function TitleLink({ summary, query }: WordsProps): ReactNode {
  const { id, found } = summary;
  const title = useTitle(summary);
  return (
    <a
      className="archive-title"
      data-testid="conversation-title"
      href={roomLink('history', id, ...(found === null ? [] : [found.entryId]))}
    >
      <span>
        <Marked text={title} query={query} />
      </span>
    </a>
  );
}

function Snippet({ summary: { found }, query }: WordsProps): ReactNode {
  if (found === null) return null;
  return (
    <p className="archive-snippet">
      <Marked text={found.snippet} query={query} />
    </p>
  );
}

function MoreButton({
  summary,
  isOpen,
  onOpen,
}: {
  readonly summary: ConversationSummary;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const title = useTitle(summary);
  return (
    <button
      type="button"
      className="archive-icon"
      data-testid="conversation-more"
      aria-expanded={isOpen}
      aria-label={t('archive.actions', { title })}
      onClick={() => {
        onOpen(!isOpen);
      }}
    >
      <MoreIcon />
    </button>
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
