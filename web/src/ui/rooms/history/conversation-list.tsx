/** All conversations, the newest first and by days, or those in which words were found. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../../api/index.ts';
import { MOST_HITS } from '../../../api/conversations.ts';
import type { ConversationSummary } from '../../../api/conversations.ts';
import { useConversation, useIntents } from '../../page-context.ts';
import { AskingButton } from '../../dialogs/index.ts';
import { PlusIcon } from '../../icons.tsx';
import { closeRoom } from '../use-room.ts';
import { flat } from './cache.ts';
import { ConversationRow } from './conversation-row.tsx';
import { groupByDay } from './days.ts';
import { Empty } from './parts/empty.tsx';
import { Failure, useFailureWords } from './parts/failure.tsx';
import { BinIcon } from './parts/icons.tsx';
import { More } from './parts/more.tsx';
import type { Saying } from './parts/saying.tsx';
import { SearchField, useSettled } from './parts/search-field.tsx';
import { Skeleton } from './parts/skeleton.tsx';
import { useConversationList, useConversationSearch, useDeleteAll } from './use-conversations.ts';

export function ConversationListView({ saying }: { readonly saying: Saying }): ReactNode {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const settled = useSettled(words).trim();
  return (
    <div className="archive" data-testid="archive">
      <div className="archive-top">
        <SearchField label={t('archive.search')} value={words} onChange={setWords} />
        <NewConversation />
      </div>
      {settled === '' ? <Days saying={saying} /> : <Hits words={settled} saying={saying} />}
    </div>
  );
}

/** Asks first, unless what is on the page is known to be kept, or there is nothing yet. */
function NewConversation(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const { data: kept } = useConversationList();
  const isFresh = useConversation(({ utterances }) => utterances.length === 0);
  const isTold = useConversation(({ conversationId }) => conversationId !== null);
  const isLost = !isFresh && (kept === undefined || !isTold);
  return (
    <AskingButton
      className="archive-button"
      data-kind="main"
      data-testid="new-conversation"
      question={isLost ? { text: t('archive.new_question'), yes: t('archive.new') } : null}
      onYes={() => {
        if (!isFresh) intents.clearHistory();
        closeRoom();
      }}
    >
      <PlusIcon />
      {t('archive.new')}
    </AskingButton>
  );
}

function Days({ saying }: { readonly saying: Saying }): ReactNode {
  const { t } = useTranslation();
  const list = useConversationList();
  const { data, error, isPending, refetch } = list;
  const [now] = useState(() => Date.now());
  if (isPending) return <Skeleton />;
  if (data === undefined) return <NoList error={error} onRetry={() => void refetch()} />;
  const conversations = flat(data);
  if (conversations.length === 0) return <Empty title={t('archive.empty')} text={t('archive.empty_text')} />;
  return (
    <>
      {groupByDay(conversations, ({ updatedAt }) => updatedAt, now).map(({ group, entries }) => (
        <section key={group} className="archive-day">
          <h3>{t(`archive.day_${group}`)}</h3>
          <Rows conversations={entries} query="" now={now} saying={saying} />
        </section>
      ))}
      <More list={list} />
      <DeleteAll saying={saying} />
    </>
  );
}

function Hits({ words, saying }: { readonly words: string; readonly saying: Saying }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending, isPlaceholderData, refetch } = useConversationSearch(words);
  const [now] = useState(() => Date.now());
  if (isPending) return <Skeleton />;
  if (data === undefined) return <NoList error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) {
    return <Empty title={t('archive.no_hits', { words })} text={t('archive.no_hits_text')} />;
  }
  return (
    <section className="archive-day" aria-busy={isPlaceholderData}>
      <h3 role="status">
        {data.length >= MOST_HITS
          ? t('archive.most_hits', { value: data.length })
          : t('archive.hits', { value: data.length })}
      </h3>
      <Rows conversations={data} query={words} now={now} saying={saying} />
    </section>
  );
}

interface RowsProps {
  readonly conversations: readonly ConversationSummary[];
  readonly query: string;
  readonly now: number;
  readonly saying: Saying;
}

function Rows({ conversations, ...rest }: RowsProps): ReactNode {
  return (
    <ul className="archive-rows">
      {conversations.map((summary) => (
        <li key={summary.id}>
          <ConversationRow summary={summary} {...rest} />
        </li>
      ))}
    </ul>
  );
}

/** A server that keeps no history is no failure: trying again would not help. */
function NoList({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.code === 'history_unavailable') {
    return <Empty title={t('archive.off')} text={t('archive.off_text')} />;
  }
  return <Failure error={error} onRetry={onRetry} />;
}

function DeleteAll({ saying }: { readonly saying: Saying }): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { mutate, isPending } = useDeleteAll({
    onDone: (value) => {
      saying.say({ text: t('archive.deleted_all', { value }), tone: 'done' });
    },
    onFailed: (error) => {
      saying.say({ text: words(error), tone: 'failed' });
    },
  });
  return (
    <AskingButton
      className="archive-button"
      data-kind="quiet-danger"
      data-testid="delete-all"
      disabled={isPending}
      question={{ text: t('archive.delete_all_question'), yes: t('archive.delete_all') }}
      onYes={mutate}
    >
      <BinIcon />
      {t('archive.delete_all')}
    </AskingButton>
  );
}
