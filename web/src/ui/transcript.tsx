/** The conversation: what was said before, and the present exchange in large type as live captions. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { liveUtterances, pastUtterances } from '../state/index.ts';
import { LiveExchange } from './live-exchange.tsx';
import { useConversation, useIntents } from './page-context.ts';
import { ToolLines } from './tool-lines.tsx';
import { UtteranceView } from './utterance-view.tsx';

/** Closer to the end than this, the reader is taken to follow the conversation. */
const FOLLOWING_PIXELS = 120;

export function Transcript(): ReactNode {
  const { t } = useTranslation();
  const past = useConversation(pastUtterances);
  const live = useConversation(liveUtterances);
  const partial = useConversation((state) => state.partial);
  const isEmpty = past.length + live.length === 0 && partial === null;
  const list = useFollowing(!isEmpty);
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
        {past.map((utterance, place) => (
          <li key={utterance.key}>
            <UtteranceView utterance={utterance} />
            <ToolLines after={utterance.key} before={(past[place + 1] ?? live[0])?.key ?? Infinity} />
          </li>
        ))}
      </ol>
      <LiveExchange live={live} partial={partial} />
    </section>
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

/** Keeps the end in sight as the conversation grows or its room shrinks, unless the reader scrolled back. */
function useFollowing(isFollowing: boolean): React.RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && isFollowing && isAtEnd.current) element.scrollTop = element.scrollHeight;
  });
  useEffect(() => {
    const element = list.current;
    if (element === null || !isFollowing) return undefined;
    const look = (): void => {
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      isAtEnd.current = below < FOLLOWING_PIXELS;
    };
    // The room changes with a phone's keyboard, a turn of the screen, a notice above.
    const room = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    room.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      room.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [isFollowing]);
  return list;
}
