/** What can be done with a conversation beside going on with it: rename, take away, delete. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ConversationSummary, ExportFormat } from '../../../api/conversations.ts';
import { AskingButton } from '../../dialogs/index.ts';
import { useFailureWords } from './parts/failure.tsx';
import { BinIcon, PenIcon, SaveIcon } from './parts/icons.tsx';
import type { Saying } from './parts/saying.tsx';
import { useDelete } from './use-conversations.ts';
import { useExport } from './use-export.ts';
import { useTitle } from './use-title.ts';

interface ActionsProps {
  readonly summary: ConversationSummary;
  /** Whether there may be sound to take away. */
  readonly hasSound: boolean;
  readonly saying: Saying;
  readonly onRename: () => void;
  readonly onDeleted?: () => void;
}

export function ConversationActions(props: ActionsProps): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { summary, hasSound, saying, onRename, onDeleted } = props;
  const failed = (error: unknown): void => {
    saying.say({ text: words(error), tone: 'failed' });
  };
  const { isBusy, take } = useExport(failed);
  return (
    <div className="archive-actions" data-testid="conversation-actions">
      <button type="button" className="archive-button" data-testid="rename" onClick={onRename}>
        <PenIcon />
        {t('archive.rename')}
      </button>
      {FORMATS.filter((format) => hasSound || format !== 'audio').map((format) => (
        <button
          key={format}
          type="button"
          className="archive-button"
          data-testid={`export-${format}`}
          disabled={isBusy}
          onClick={() => void take(summary, format)}
        >
          <SaveIcon />
          {t(`archive.export_${format}`)}
        </button>
      ))}
      <DeleteButton summary={summary} saying={saying} onFailed={failed} onDeleted={onDeleted} />
    </div>
  );
}

interface DeleteProps {
  readonly summary: ConversationSummary;
  readonly saying: Saying;
  readonly onFailed: (error: unknown) => void;
  readonly onDeleted: (() => void) | undefined;
}

function DeleteButton({ summary, saying, onFailed, onDeleted }: DeleteProps): ReactNode {
  const { t } = useTranslation();
  const title = useTitle(summary);
  const { mutate, isPending } = useDelete({
    onFailed,
    onDone: () => {
      saying.say({ text: t('archive.deleted', { title }), tone: 'done' });
      onDeleted?.();
    },
  });
  return (
    <AskingButton
      className="archive-button"
      data-kind="quiet-danger"
      data-testid="delete"
      disabled={isPending}
      question={{ text: t('archive.delete_question', { title }), yes: t('archive.delete') }}
      onYes={() => {
        mutate(summary.id);
      }}
    >
      <BinIcon />
      {t('archive.delete')}
    </AskingButton>
  );
}

const FORMATS: readonly ExportFormat[] = ['markdown', 'json', 'audio'];
