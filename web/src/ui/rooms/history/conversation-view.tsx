/** One conversation: all that was said in it, and the way to go on with it. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { WholeConversation } from '../../../api/conversations.ts';
import { useConversation } from '../../page-context.ts';
import { roomLink, openRoom } from '../use-room.ts';
import { ConversationActions } from './conversation-actions.tsx';
import { Facts } from './conversation-row.tsx';
import { EntryView } from './entry-view.tsx';
import { GoOnButton } from './go-on-button.tsx';
import { Failure } from './parts/failure.tsx';
import { BackIcon } from './parts/icons.tsx';
import type { Saying } from './parts/saying.tsx';
import { Skeleton } from './parts/skeleton.tsx';
import { TitleEditor } from './title-editor.tsx';
import { useWholeConversation } from './use-conversations.ts';
import { useTitle } from './use-title.ts';

interface ViewProps {
  readonly id: string;
  /** What to show first; null for the beginning. */
  readonly entryId: string | null;
  readonly saying: Saying;
}

export function ConversationView({ id, entryId, saying }: ViewProps): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useWholeConversation(id);
  return (
    <div className="archive" data-testid="conversation-view">
      <a className="archive-back" data-testid="back-to-list" href={roomLink('history')}>
        <BackIcon />
        {t('archive.all')}
      </a>
      {data !== undefined && <Whole whole={data} entryId={entryId} saying={saying} />}
      {data === undefined &&
        (error === null ? <Skeleton /> : <Failure error={error} onRetry={() => void refetch()} />)}
    </div>
  );
}

interface WholeProps {
  readonly whole: WholeConversation;
  readonly entryId: string | null;
  readonly saying: Saying;
}

function Whole({ whole, entryId, saying }: WholeProps): ReactNode {
  const { t } = useTranslation();
  const { id, entries, turns } = whole;
  const [now] = useState(() => Date.now());
  const replies = new Map(turns.map((turn) => [turn.responseId, turn]));
  const hasSound = entries.some((entry) => entry.hasSound);
  return (
    <>
      <Head whole={whole} now={now} saying={saying} hasSound={hasSound} />
      <ol className="archive-entries" aria-label={t('archive.said')}>
        {entries.map((entry) => (
          <EntryView
            key={entry.id}
            conversationId={id}
            entry={entry}
            turn={replies.get(entry.responseId)}
            isWanted={entry.id === entryId}
          />
        ))}
      </ol>
    </>
  );
}

interface HeadProps {
  readonly whole: WholeConversation;
  readonly now: number;
  readonly saying: Saying;
  readonly hasSound: boolean;
}

function Head({ whole, now, saying, hasSound }: HeadProps): ReactNode {
  const [isRenaming, setRenaming] = useState(false);
  const isCurrent = useConversation(({ conversationId }) => conversationId === whole.id);
  const title = useTitle(whole);
  return (
    <header className="archive-whole-head">
      {isRenaming ? (
        <TitleEditor
          summary={whole}
          saying={saying}
          onEnd={() => {
            setRenaming(false);
          }}
        />
      ) : (
        <h3>{title}</h3>
      )}
      <Facts summary={whole} now={now} isCurrent={isCurrent} />
      <div className="archive-actions">
        <GoOnButton id={whole.id} isCurrent={isCurrent} isMain />
      </div>
      <ConversationActions
        summary={whole}
        hasSound={hasSound}
        saying={saying}
        onRename={() => {
          setRenaming(true);
        }}
        onDeleted={() => {
          openRoom('history');
        }}
      />
    </header>
  );
}
