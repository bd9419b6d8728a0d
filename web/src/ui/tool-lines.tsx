/** The tools the assistant used, one a line, and what it asks leave for. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { toolsBetween } from '../state/index.ts';
import type { ToolUse } from '../state/index.ts';
import { useConversation, useIntents } from './page-context.ts';

interface ToolLinesProps {
  /** Keys of the utterances around them. */
  readonly after: number;
  readonly before: number;
}

export function ToolLines({ after, before }: ToolLinesProps): ReactNode {
  const tools = useConversation((state) => toolsBetween(state, after, before));
  return tools.map((tool) =>
    tool.status === 'asking' ? (
      <Approval key={tool.key} tool={tool} />
    ) : (
      <ToolLine key={tool.key} tool={tool} />
    ),
  );
}

function ToolLine({ tool: { name, status } }: { readonly tool: ToolUse }): ReactNode {
  const { t } = useTranslation();
  return (
    <p className="tool-line" data-testid="tool" data-status={status} role="status">
      {t(`tool.${status === 'asking' ? 'running' : status}`, { name })}
    </p>
  );
}

function Approval({ tool: { id, name, given } }: { readonly tool: ToolUse }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <div
      className="approval"
      data-testid="approval"
      role="alertdialog"
      aria-label={t('tool.asking', { name })}
    >
      <p>{t('tool.asking', { name })}</p>
      {given !== '' && given !== '{}' && <code>{given}</code>}
      <div className="approval-answers">
        <button
          type="button"
          data-testid="approve"
          onClick={() => {
            intents.answerTool(id, true);
          }}
        >
          {t('tool.approve')}
        </button>
        <button
          type="button"
          data-testid="decline"
          onClick={() => {
            intents.answerTool(id, false);
          }}
        >
          {t('tool.decline')}
        </button>
      </div>
    </div>
  );
}
