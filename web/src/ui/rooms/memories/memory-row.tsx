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
  const [isCorrecting, setCorrecting] = useState(false);
  return (
    <article className="archive-card" data-testid="memory" data-replaced={memory.replacedBy !== null}>
      <div className="archive-card-head">
        <div className="archive-card-words">
          {isCorrecting ? (
            <Correction
              memory={memory}
              onEnd={() => {
                setCorrecting(false);
              }}
            />
          ) : (
            <p className="memory-text" data-testid="memory-words">
              <Marked text={memory.text} query={query} />
            </p>
          )}
          <Facts memory={memory} />
        </div>
        {memory.replacedBy === null && !isCorrecting && (
          <CorrectButton
            text={memory.text}
            onClick={() => {
              setCorrecting(true);
            }}
          />
        )}
        <ForgetButton memory={memory} />
      </div>
    </article>
  );
}

function Correction({
  memory: { id, text },
  onEnd,
}: {
  readonly memory: Memory;
  readonly onEnd: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { saying } = useShared();
  const { mutate } = useCorrect((error) => {
    saying.say({ text: words(error), tone: 'failed' });
  });
  return (
    <InPlaceEditor
      label={t('memories.correct_label')}
      value={text}
      maxLength={MAX_CHARACTERS}
      onKeep={(corrected) => {
        mutate({ id, text: corrected });
      }}
      onEnd={onEnd}
    />
  );
}

function CorrectButton({
  text,
  onClick,
}: {
  readonly text: string;
  readonly onClick: () => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="archive-icon"
      data-testid="memory-correct"
      aria-label={t('memories.correct', { text })}
      title={t('memories.correct_title')}
      onClick={onClick}
    >
      <PenIcon />
    </button>
  );
}

/** It is off the screen at once, and may be taken back for a while. */
function ForgetButton({ memory: { id, text } }: { readonly memory: Memory }): ReactNode {
  const { t } = useTranslation();
  const { saying, forgetting } = useShared();
  const forget = (): void => {
    const takeBack = (): void => {
      forgetting.takeBack(id);
    };
    forgetting.begin(id);
    saying.say({
      text: t('memories.forgotten', { text }),
      tone: 'done',
      action: { label: t('memories.undo'), onClick: takeBack },
    });
  };
  return (
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
