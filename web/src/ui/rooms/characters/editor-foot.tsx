/** What may be done with what was written: saved, thrown away, deleted; and what came of it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AskingButton } from '../../dialogs/index.ts';

interface FootProps {
  readonly name: string;
  readonly isDirty: boolean;
  /** False while it cannot be saved as it is. */
  readonly isReady: boolean;
  readonly isSaving: boolean;
  readonly isSaved: boolean;
  /** In the server's words; empty for none. */
  readonly refusal: string;
  /** What deleting it means; null where it cannot be deleted. */
  readonly removal: 'delete' | 'restore' | null;
  readonly onDiscard: () => void;
  readonly onRemove: () => void;
}

export function EditorFoot(props: FootProps): ReactNode {
  const { isDirty, isReady, isSaving, isSaved, refusal, onDiscard } = props;
  const { t } = useTranslation();
  return (
    <div className="editor-foot">
      {refusal !== '' && (
        <p className="note" data-tone="error" role="alert" data-testid="refusal">
          {t('characters.editor.save_failed', { reason: refusal })}
        </p>
      )}
      <div className="button-row">
        <button
          type="submit"
          className="strong-button"
          data-testid="save"
          disabled={isSaving || !isDirty || !isReady}
        >
          {t(isSaving ? 'characters.editor.saving' : 'characters.editor.save')}
        </button>
        {isDirty && (
          <AskingButton
            className="plain-button"
            data-testid="discard"
            disabled={isSaving}
            question={{ text: t('characters.editor.discard_question'), yes: t('characters.editor.discard') }}
            onYes={onDiscard}
          >
            {t('characters.editor.discard')}
          </AskingButton>
        )}
        <RemoveButton {...props} />
        <span role="status" className="mild" data-testid="saving-state">
          {isSaved ? t('characters.editor.saved') : isDirty ? t('characters.editor.unsaved') : ''}
        </span>
      </div>
    </div>
  );
}

function RemoveButton({ name, isSaving, removal, onRemove }: FootProps): ReactNode {
  const { t } = useTranslation();
  if (removal === null) return null;
  return (
    <AskingButton
      className="danger-button"
      data-testid="delete"
      disabled={isSaving}
      question={{
        text: t(`characters.editor.${removal}_question`, { name }),
        yes: t(`characters.editor.${removal}`),
      }}
      onYes={onRemove}
    >
      {t(`characters.editor.${removal}`)}
    </AskingButton>
  );
}
