/** The conversation: what was said before, and the present exchange in large type as live captions. */
import { useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { liveUtterances, pastUtterances } from '../state/index.ts';
import type { ConversationState, Utterance } from '../state/index.ts';
import { useConversation, useIntents } from './page-context.ts';
import { UtteranceBody, UtteranceView } from './utterance-view.tsx';

/** Closer to the end than this, the reader is taken to follow the conversation. */
const FOLLOWING_PIXELS = 120;

export function Transcript(): ReactNode {
  const { t } = useTranslation();
  const past = useConversation(pastUtterances);
  const live = useConversation(liveUtterances);
  const partial = useConversation((state) => state.partial);
  const list = useFollowing();
  const isEmpty = past.length + live.length === 0 && partial === null;
  return (
    <section
      className="transcript"
      data-testid="history"
      aria-label={t('history.label')}
      role="log"
      aria-live="off"
      tabIndex={0}
      ref={list}
    >
      {isEmpty && <Welcome />}
      <ol className="past">
        {past.map((utterance) => (
          <li key={utterance.key}>
            <UtteranceView utterance={utterance} />
          </li>
        ))}
      </ol>
      <LiveExchange live={live} partial={partial} />
    </section>
  );
}

interface LiveExchangeProps {
  readonly live: readonly Utterance[];
  readonly partial: ConversationState['partial'];
}

/** Both captions are always in the page, empty or not: a screen reader announces only what changes in its sight. */
function LiveExchange({ live, partial }: LiveExchangeProps): ReactNode {
  const user = live.find(({ speaker }) => speaker === 'user');
  const replies = live.filter(({ speaker }) => speaker === 'assistant');
  const last = replies.at(-1);
  return (
    <div className="live">
      <div className="utterance caption" data-speaker="user" data-testid="user-caption" aria-live="polite">
        {partial !== null && <PartialWords partial={partial} />}
        {user !== undefined && <UtteranceBody utterance={user} />}
      </div>
      {replies.slice(0, -1).map((utterance) => (
        <UtteranceView key={utterance.key} utterance={utterance} />
      ))}
      <div
        className="utterance caption"
        data-speaker="assistant"
        data-testid="assistant-caption"
        aria-live="polite"
      >
        {last !== undefined && <UtteranceBody utterance={last} />}
      </div>
    </div>
  );
}

function PartialWords({
  partial,
}: {
  readonly partial: NonNullable<ConversationState['partial']>;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <p className="utterance-head">{t('history.you')}</p>
      <p className="words">
        <span className="stable">{partial.stable}</span>
        <span className="unstable">{partial.unstable}</span>
      </p>
    </>
  );
}

function Welcome(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const suggestions = [t('welcome.one'), t('welcome.two'), t('welcome.three')];
  return (
    <div className="welcome" data-testid="welcome">
      <h2>{t('welcome.title')}</h2>
      <p>{t('welcome.text')}</p>
      <ul aria-label={t('welcome.suggestions')}>
        {suggestions.map((suggestion) => (
          <li key={suggestion}>
            <button
              type="button"
              className="suggestion"
              onClick={() => {
                intents.sendText(suggestion);
              }}
            >
              {suggestion}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Keeps the end in sight as the conversation grows, unless the reader scrolled back; looks at every drawing. */
function useFollowing(): React.RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const heightBefore = useRef(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const wasAtEnd = heightBefore.current - element.scrollTop - element.clientHeight < FOLLOWING_PIXELS;
    heightBefore.current = element.scrollHeight;
    if (wasAtEnd) element.scrollTop = element.scrollHeight;
  });
  return list;
}
