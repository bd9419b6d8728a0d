/** What a conversation is called, also while it has no name. */
import { useTranslation } from 'react-i18next';

import type { ConversationSummary } from '../../../api/conversations.ts';

/** The server takes no longer one. */
export const MAX_TITLE = 200;

export function useTitle({ title }: Pick<ConversationSummary, 'title'>): string {
  const { t } = useTranslation();
  return title === '' ? t('archive.untitled') : title;
}
