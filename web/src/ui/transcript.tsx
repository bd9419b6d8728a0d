/** The conversation in writing: all that was said, the present exchange included, each turn with what became of it. */
import { memo, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ConversationState, Utterance } from '../state/index.ts';
import { useConversation, useIntents } from './page-context.ts';
import { roomLink } from './rooms/index.ts';
import { ToolLines } from './tool-lines.tsx';
import { useHelpHint } from './use-help-hint.ts';
import { UtteranceView } from './utterance-view.tsx';

/** Closer to the end than this, the reader is taken to follow the conversation. */
const FOLLOWING_PIXELS = 120;

export function Transcript(): ReactNode {
  const { t } = useTranslation();
  const told = useConversation(toldUtterances);
  const hasPartial = useConversation((state) => state.partial !== null);
  const isEmpty = told.length === 0;
  const list = useFollowing(!isEmpty);
  const isNew = useHelpHint();
  return (
    <section
      className="transcript"
      data-testid="history"
      data-empty={isEmpty}
      aria-label={t('history.label')}
      role="log"
      // The announcer says what is new; this is to be read at leisure.
      aria-live="off"
      tabIndex={0}
      ref={list}
    >
      {isEmpty && !hasPartial && <Welcome isNew={isNew} />}
      <ol className="turns">
        {told.map((utterance, place) => (
          <Turn
            key={utterance.key}
            utterance={utterance}
            isLast={place === told.length - 1}
            nextKey={told[place + 1]?.key ?? Infinity}
          />
        ))}
      </ol>
    </section>
  );
}

interface TurnProps {
  readonly utterance: Utterance;
  readonly isLast: boolean;
  /** Of the utterance after it. */
  readonly nextKey: number;
}

/** While a reply is spoken its turn changes many times a second: the others are not drawn again. */
const Turn: React.NamedExoticComponent<TurnProps> = memo(function Turn({
  utterance,
  isLast,
  nextKey,
}: TurnProps): ReactNode {
  return (
    <li>
      <UtteranceView utterance={utterance} isLast={isLast} />
      <ToolLines after={utterance.key} before={nextKey} />
    </li>
  );
});

/** Those that have something to show: a reply has its place from its first sound on. Asked at every change: cheap. */
function toldUtterances({ utterances }: ConversationState): readonly Utterance[] {
  return utterances.filter(
    ({ status, voice, text, playedSamples }) =>
      status !== 'live' || playedSamples > 0 || (voice === 'none' && text !== ''),
  );
}

function Welcome({ isNew }: { readonly isNew: boolean }): ReactNode {
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
      {isNew && (
        <a className="help-hint" data-testid="help-hint" href={roomLink('help')}>
          {t('welcome.help')}
        </a>
      )}
    </div>
  );
}

/** Keeps the end in sight as the conversation grows or its room shrinks, unless the reader scrolled back. */
function useFollowing(isFollowing: boolean): React.RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element === null || !isFollowing) return undefined;
    const look = (): void => {
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      isAtEnd.current = below < FOLLOWING_PIXELS;
    };
    // The words grow as they are spoken; their room changes with a phone's keyboard, a turn of the screen, a notice above.
    // Asking for sizes at any other time would have the page laid out once more.
    const sizes = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    sizes.observe(element);
    if (element.lastElementChild !== null) sizes.observe(element.lastElementChild);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [isFollowing]);
  return list;
}
