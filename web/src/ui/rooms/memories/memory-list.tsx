/** Everything remembered, the newest first, or what fits the words that were looked for. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../../api/index.ts';
import { exportMemories } from '../../../api/memories.ts';
import type { Memory } from '../../../api/memories.ts';
import { AskingButton } from '../../dialogs/index.ts';
import { useApi } from '../../page-context.ts';
import { Empty } from '../history/parts/empty.tsx';
import { Failure, useFailureWords } from '../history/parts/failure.tsx';
import { BinIcon, SaveIcon } from '../history/parts/icons.tsx';
import { More } from '../history/parts/more.tsx';
import { saveFile } from '../history/parts/save-file.ts';
import { Skeleton } from '../history/parts/skeleton.tsx';
import { flat } from './cache.ts';
import { useShared } from './memory-actions.ts';
import { MemoryRow } from './memory-row.tsx';
import { useForgetAll, useHidden, useMemoryList, useMemorySearch } from './use-memories.ts';

export function MemoryListView(): ReactNode {
  const { t } = useTranslation();
  const [isReplacedWanted, setReplacedWanted] = useState(false);
  const list = useMemoryList(isReplacedWanted);
  const hidden = useHidden(useShared().forgetting);
  const { data, error, isPending, refetch } = list;
  if (isPending) return <Skeleton />;
  if (data === undefined) return <NoList error={error} onRetry={() => void refetch()} />;
  const memories = flat(data).filter(({ id }) => !hidden.has(id));
  return (
    <>
      <label className="memories-replaced">
        <input
          type="checkbox"
          data-testid="memories-replaced"
          checked={isReplacedWanted}
          onChange={({ target }) => {
            setReplacedWanted(target.checked);
          }}
        />
        {t('memories.show_replaced')}
      </label>
      {memories.length === 0 ? (
        <Empty title={t('memories.empty')} text={t('memories.empty_text')} />
      ) : (
        <Rows memories={memories} query="" />
      )}
      <More list={list} />
      {memories.length > 0 && <Everything />}
    </>
  );
}

export function MemoryHits({ words }: { readonly words: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending, isPlaceholderData, refetch } = useMemorySearch(words);
  const hidden = useHidden(useShared().forgetting);
  if (isPending) return <Skeleton />;
  if (data === undefined) return <NoList error={error} onRetry={() => void refetch()} />;
  const memories = data.filter(({ id }) => !hidden.has(id));
  if (memories.length === 0) {
    return <Empty title={t('memories.no_hits', { words })} text={t('memories.no_hits_text')} />;
  }
  return (
    <section aria-busy={isPlaceholderData}>
      <h3 className="memories-hits" role="status">
        {t('memories.hits')}
      </h3>
      <Rows memories={memories} query={words} />
    </section>
  );
}

function Rows({
  memories,
  query,
}: {
  readonly memories: readonly Memory[];
  readonly query: string;
}): ReactNode {
  return (
    <ul className="archive-rows">
      {memories.map((memory) => (
        <li key={memory.id}>
          <MemoryRow memory={memory} query={query} />
        </li>
      ))}
    </ul>
  );
}

/** A server that remembers nothing is no failure: trying again would not help. */
function NoList({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.code === 'memory_unavailable') {
    return <Empty title={t('memories.off')} text={t('memories.off_text')} />;
  }
  return <Failure error={error} onRetry={onRetry} />;
}

/** What can be done with all of it. */
function Everything(): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { saying } = useShared();
  const failed = (error: unknown): void => {
    saying.say({ text: words(error), tone: 'failed' });
  };
  const { mutate, isPending } = useForgetAll({
    onDone: (value) => {
      saying.say({ text: t('memories.forgotten_all', { value }), tone: 'done' });
    },
    onFailed: failed,
  });
  return (
    <div className="archive-actions">
      <ExportButton onFailed={failed} />
      <AskingButton
        className="archive-button"
        data-kind="quiet-danger"
        data-testid="forget-all"
        disabled={isPending}
        question={{ text: t('memories.forget_all_question'), yes: t('memories.forget_all') }}
        onYes={mutate}
      >
        <BinIcon />
        {t('memories.forget_all')}
      </AskingButton>
    </div>
  );
}

function ExportButton({ onFailed }: { readonly onFailed: (error: unknown) => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const takeAway = async (): Promise<void> => {
    try {
      saveFile(await exportMemories(api), 'vivavoce-memories.json');
    } catch (error) {
      onFailed(error);
    }
  };
  return (
    <button
      type="button"
      className="archive-button"
      data-testid="memories-export"
      onClick={() => void takeAway()}
    >
      <SaveIcon />
      {t('memories.export')}
    </button>
  );
}
