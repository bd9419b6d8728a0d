/** The words of this moment as subtitles: the user's as they are understood, the reply's as they are heard. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { liveUtterances, newWords, stageOf } from '../state/index.ts';
import type { ConversationState, Utterance } from '../state/index.ts';
import { useConversation } from './page-context.ts';
import { ToolsAtWork } from './tool-lines.tsx';
import { Aside, Dots, spaceBefore, UtteranceWords } from './utterance-words.tsx';

/**
 * Both captions are always in the page, empty or not, and hold all of their words; the style sheet shows the last lines.
 * They grow word by word, so they are no live regions: the announcer says what is worth saying, once.
 */
export function Captions(): ReactNode {
  const live = useConversation(liveUtterances);
  const isThinking = useConversation((state) => stageOf(state).state === 'processing');
  const partial = useConversation(newWords);
  const words = useConversation((state) => state.partial);
  const user = live.find(({ speaker, aside }) => speaker === 'user' && aside === 'no');
  const reply = live.findLast(({ speaker }) => speaker === 'assistant');
  return (
    <div className="captions" data-has-reply={reply !== undefined || isThinking}>
      <Caption speaker="user" utterance={user} isEmpty={user === undefined && partial === null}>
        {partial === null ? null : <PartialWords partial={partial} />}
      </Caption>
      <Caption speaker="assistant" utterance={reply} isEmpty={reply === undefined && !isThinking}>
        {isThinking ? <Dots /> : null}
      </Caption>
      {partial === null && words !== null && <Aside words={words.stable + words.unstable} />}
      <ToolsAtWork />
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
      className="caption"
      data-speaker={speaker}
      data-status={utterance?.status ?? 'live'}
      data-empty={isEmpty}
    >
      {!isEmpty && (
        <span className="unseen">{speaker === 'user' ? t('history.you') : t('history.assistant')}</span>
      )}
      <p className="caption-words" data-testid={`${speaker}-caption`}>
        {utterance === undefined ? children : <UtteranceWords utterance={utterance} />}
      </p>
    </div>
  );
}

function PartialWords({
  partial: { stable, unstable },
}: {
  readonly partial: NonNullable<ConversationState['partial']>;
}): ReactNode {
  return (
    <>
      <span className="stable">{stable}</span>
      {spaceBefore(unstable)}
      <span className="unstable">{unstable.trimStart()}</span>
    </>
  );
}
