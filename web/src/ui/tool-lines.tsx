/** The tools the assistant uses: what runs and what asks for leave on the stage, and all of them in writing. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { toolsBetween } from '../state/index.ts';
import type { ToolUse } from '../state/index.ts';
import { CheckIcon, CloseIcon, ToolIcon as Wrench, WarningIcon } from './icons.tsx';
import { useConversation, useIntents } from './page-context.ts';

interface ToolLinesProps {
  /** Keys of the utterances around them. */
  readonly after: number;
  readonly before: number;
}

/** Written down between what was said, each with what came of it. */
export function ToolLines({ after, before }: ToolLinesProps): ReactNode {
  const { t } = useTranslation();
  const tools = useConversation((state) => toolsBetween(state, after, before));
  if (tools.length === 0) return null;
  return (
    <ul className="tool-lines">
      {tools.map(({ key, name, status }) => (
        <li key={key} className="tool-line" data-testid="tool" data-status={status}>
          <ToolIcon status={status} />
          <span>{t(`tool.${status === 'asking' ? 'waiting' : status}`, { name })}</span>
        </li>
      ))}
    </ul>
  );
}

/** On the stage: what asks for leave, and what runs at this moment. */
export function ToolsAtWork(): ReactNode {
  const { t } = useTranslation();
  const tools = useConversation((state) =>
    state.tools.filter(({ status }) => status === 'asking' || status === 'running'),
  );
  return tools.map((tool) =>
    tool.status === 'asking' ? (
      <Approval key={tool.key} tool={tool} />
    ) : (
      <p key={tool.key} className="tool-chip" data-testid="tool-running">
        <ToolIcon status={tool.status} />
        {t('tool.running', { name: tool.name })}
      </p>
    ),
  );
}

function Approval({ tool: { id, name, given } }: { readonly tool: ToolUse }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <div className="approval" data-testid="approval" role="group" aria-labelledby={`asking-${id}`}>
      <p className="approval-question" id={`asking-${id}`}>
        {t('tool.asking', { name })}
      </p>
      {given !== '' && given !== '{}' && <code>{given}</code>}
      <div className="approval-answers">
        <button
          type="button"
          className="approve"
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

/** What came of it, as a shape: it reads without its colour. */
function ToolIcon({ status }: { readonly status: ToolUse['status'] }): ReactNode {
  switch (status) {
    case 'done':
      return <CheckIcon />;
    case 'failed':
      return <WarningIcon />;
    case 'declined':
      return <CloseIcon />;
    case 'asking':
    case 'running':
      return <Wrench />;
  }
}
