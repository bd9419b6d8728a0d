/** The way back into an earlier conversation. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AskingButton } from '../../dialogs/index.ts';
import { useGoingOn } from './use-going-on.ts';

interface GoOnProps {
  readonly id: string;
  /** Whether it is the one on the page. */
  readonly isCurrent: boolean;
  readonly isMain?: boolean;
}

export function GoOnButton({ id, isCurrent, isMain = false }: GoOnProps): ReactNode {
  const { t } = useTranslation();
  const { opening, isReplacing, goOn } = useGoingOn();
  return (
    <AskingButton
      className="archive-button"
      data-kind={isMain ? 'main' : undefined}
      data-testid="continue"
      disabled={opening === id}
      question={isReplacing(id) ? { text: t('archive.replace_question'), yes: t('archive.continue') } : null}
      onYes={() => void goOn(id)}
    >
      {isCurrent ? t('archive.back_to_it') : t('archive.continue')}
    </AskingButton>
  );
}
