/** One thing remembered: what, since when, from where, how surely; to be corrected in place, and forgotten. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Memory } from '../../../api/memories.ts';
import { fullMoment, shortMoment } from '../history/days.ts';
import { useFailureWords } from '../history/parts/failure.tsx';
import { BinIcon, PenIcon } from '../history/parts/icons.tsx';
import { InPlaceEditor } from '../history/parts/in-place-editor.tsx';
import { Marked } from '../history/parts/marked.tsx';
import { roomLink } from '../use-room.ts';
import { certaintyOf } from './certainty.ts';
import { useShared } from './memory-actions.ts';
import { useCorrect } from './use-memories.ts';

/** The memory takes no longer sentence. */
export const MAX_CHARACTERS = 500;

interface RowProps {
  readonly memory: Memory;
  /** The words that were looked for; empty for none. */
  readonly query: string;
}

export function MemoryRow({ memory, query }: RowProps): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { saying, forgetting } = useShared();
  const [isCorrecting, setCorrecting] = useState(false);
  const { id, text, replacedBy } = memory;
  const correct = useCorrect((error) => {
    saying.say({ text: words(error), tone: 'failed' });
  });
  const forget = (): void => {
    forgetting.begin(id);
    saying.say({
      text: t('memories.forgotten', { text }),
      tone: 'done',
      action: {
        label: t('memories.undo'),
        onClick: () => {
          forgetting.takeBack(id);
        },
      },
    });
  };
  return (
    <article className="archive-card" data-testid="memory" data-replaced={replacedBy !== null}>
      <div className="archive-card-head">
        <div className="archive-card-words">
          {isCorrecting ? (
            <InPlaceEditor
              label={t('memories.correct_label')}
              value={text}
              maxLength={MAX_CHARACTERS}
              onKeep={(corrected) => {
                correct.mutate({ id, text: corrected });
              }}
              onEnd={() => {
                setCorrecting(false);
              }}
            />
          ) : (
            <p className="memory-text" data-testid="memory-words">
              <Marked text={text} query={query} />
            </p>
          )}
          <Facts memory={memory} />
        </div>
        {replacedBy === null && !isCorrecting && (
          <button
            type="button"
            className="archive-icon"
            data-testid="memory-correct"
            aria-label={t('memories.correct', { text })}
            title={t('memories.correct_title')}
            onClick={() => {
              setCorrecting(true);
            }}
          >
            <PenIcon />
          </button>
        )}
        <button
          type="button"
          className="archive-icon"
          data-testid="memory-forget"
          aria-label={t('memories.forget', { text })}
          title={t('memories.forget_title')}
          onClick={forget}
        >
          <BinIcon />
        </button>
      </div>
    </article>
  );
}

function Facts({ memory }: { readonly memory: Memory }): ReactNode {
  const { t, i18n } = useTranslation();
  const [now] = useState(() => Date.now());
  const { toldAt, conversationId, turnId, replacedBy } = memory;
  const source = turnId === '' ? [conversationId] : [conversationId, turnId];
  return (
    <p className="archive-facts">
      {replacedBy !== null && <span className="memory-replaced">{t('memories.replaced')}</span>}
      <time dateTime={new Date(toldAt).toISOString()} title={fullMoment(toldAt, i18n.language)}>
        {shortMoment(toldAt, now, i18n.language)}
      </time>
      <span>{t(`memories.certainty_${certaintyOf(memory)}`)}</span>
      {conversationId !== '' && (
        <a data-testid="memory-source" href={roomLink('history', ...source)}>
          {t('memories.source')}
        </a>
      )}
    </p>
  );
}
