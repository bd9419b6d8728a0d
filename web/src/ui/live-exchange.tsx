/** The present exchange, in large type. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { newWords, stageOf } from '../state/index.ts';
import type { ConversationState, Utterance } from '../state/index.ts';
import { useConversation } from './page-context.ts';
import { ToolLines } from './tool-lines.tsx';
import {
  Aside,
  Dots,
  spaceBefore,
  UtteranceHead,
  UtteranceNotes,
  UtteranceView,
  UtteranceWords,
} from './utterance-view.tsx';

interface LiveExchangeProps {
  readonly live: readonly Utterance[];
  readonly partial: ConversationState['partial'];
}

/** Both captions are always in the page, empty or not: a screen reader announces only what changes in its sight. */
export function LiveExchange({ live, partial: words }: LiveExchangeProps): ReactNode {
  const isThinking = useConversation((state) => stageOf(state).state === 'processing');
  const partial = useConversation(newWords);
  const user = live.find(({ speaker, aside }) => speaker === 'user' && aside === 'no');
  const asides = live.filter(({ aside }) => aside !== 'no');
  const replies = live.filter(({ speaker }) => speaker === 'assistant');
  const last = replies.at(-1);
  return (
    <div className="live">
      <Caption speaker="user" utterance={user} isEmpty={user === undefined && partial === null}>
        {partial === null ? null : <PartialWords partial={partial} />}
      </Caption>
      {live[0] !== undefined && <ToolLines after={live[0].key} before={Infinity} />}
      {replies.slice(0, -1).map((utterance) => (
        <UtteranceView key={utterance.key} utterance={utterance} />
      ))}
      <Caption speaker="assistant" utterance={last} isEmpty={last === undefined && !isThinking}>
        {isThinking ? <Dots /> : null}
      </Caption>
      {asides.map(({ key, text }) => (
        <Aside key={key} words={text} />
      ))}
      {partial === null && words !== null && <Aside words={words.stable + words.unstable} />}
    </div>
  );
}

interface CaptionProps {
  readonly speaker: Utterance['speaker'];
  readonly utterance: Utterance | undefined;
  readonly isEmpty: boolean;
  /** What stands in for the words while there is no utterance. */
  readonly children: ReactNode;
}

function Caption({ speaker, utterance, isEmpty, children }: CaptionProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      className="utterance caption"
      data-speaker={speaker}
      data-status={utterance?.status ?? 'live'}
      data-empty={isEmpty}
    >
      {utterance !== undefined && <UtteranceHead utterance={utterance} />}
      {utterance === undefined && !isEmpty && (
        <p className="utterance-head">{speaker === 'user' ? t('history.you') : t('history.assistant')}</p>
      )}
      <p className="words" data-testid={`${speaker}-caption`} aria-live="polite">
        {utterance === undefined ? children : <UtteranceWords utterance={utterance} />}
      </p>
      {utterance !== undefined && <UtteranceNotes utterance={utterance} />}
    </div>
  );
}

function PartialWords({
  partial,
}: {
  readonly partial: NonNullable<ConversationState['partial']>;
}): ReactNode {
  const { stable, unstable } = partial;
  return (
    <>
      <span className="stable">{stable}</span>
      {spaceBefore(unstable)}
      <span className="unstable">{unstable.trimStart()}</span>
    </>
  );
}
