/** The title of a conversation while it is being changed. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ConversationSummary } from '../../../api/conversations.ts';
import { useFailureWords } from './parts/failure.tsx';
import { InPlaceEditor } from './parts/in-place-editor.tsx';
import type { Saying } from './parts/saying.tsx';
import { useRename } from './use-conversations.ts';
import { MAX_TITLE } from './use-title.ts';

interface TitleEditorProps {
  readonly summary: Pick<ConversationSummary, 'id' | 'title'>;
  readonly saying: Saying;
  readonly onEnd: () => void;
}

export function TitleEditor({ summary: { id, title }, saying, onEnd }: TitleEditorProps): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { mutateAsync } = useRename();
  return (
    <InPlaceEditor
      label={t('archive.title_label')}
      value={title}
      maxLength={MAX_TITLE}
      onKeep={(value) => {
        // Told also when the editor is not on the screen any more.
        mutateAsync({ id, title: value }).catch((error: unknown) => {
          saying.say({ text: words(error), tone: 'failed' });
        });
      }}
      onEnd={onEnd}
    />
  );
}
