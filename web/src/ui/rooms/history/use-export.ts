/** Takes a conversation away as a file. */
import { useState } from 'react';

import { exportConversation } from '../../../api/conversations.ts';
import type { ConversationSummary, ExportFormat } from '../../../api/conversations.ts';
import { useApi } from '../../page-context.ts';
import { fileName, saveFile } from './parts/save-file.ts';

const SUFFIXES: Readonly<Record<ExportFormat, string>> = { json: 'json', markdown: 'md', audio: 'zip' };

export interface Exporting {
  readonly isBusy: boolean;
  readonly take: (summary: ConversationSummary, format: ExportFormat) => Promise<void>;
}

/** @param onFailed - told why there is no file. */
export function useExport(onFailed: (error: unknown) => void): Exporting {
  const api = useApi();
  const [isBusy, setBusy] = useState(false);
  const take = async ({ id, title }: ConversationSummary, format: ExportFormat): Promise<void> => {
    setBusy(true);
    try {
      saveFile(await exportConversation(api, id, format), fileName(title, SUFFIXES[format]));
    } catch (error) {
      onFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, take };
}
