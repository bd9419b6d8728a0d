/** Typing beside talking; and, on a small screen, the way between the face and the words. */
import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { SendIcon, TranscriptIcon } from './icons.tsx';
import { useIntents } from './page-context.ts';

/** Longer than anyone types in a conversation, shorter than a message the server refuses. */
const MAX_CHARACTERS = 4000;

interface ComposerProps {
  /** Whether the written conversation is in front, where there is no room for it beside the face. */
  readonly isReading: boolean;
  readonly onRead: (isReading: boolean) => void;
}

export function Composer({ isReading, onRead }: ComposerProps): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const [text, setText] = useState('');
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    intents.sendText(text);
    setText('');
  };
  return (
    <form className="composer" onSubmit={send}>
      <ReadButton isReading={isReading} onRead={onRead} />
      <input
        id="message"
        type="text"
        data-testid="text-input"
        value={text}
        maxLength={MAX_CHARACTERS}
        autoComplete="off"
        enterKeyHint="send"
        aria-label={t('composer.label')}
        placeholder={t('composer.placeholder')}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <button
        type="submit"
        className="send-button"
        data-testid="send"
        disabled={text.trim() === ''}
        aria-label={t('composer.send')}
        title={t('composer.send')}
      >
        <SendIcon />
      </button>
    </form>
  );
}

function ReadButton({ isReading, onRead }: ComposerProps): ReactNode {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="read-button"
      data-testid="read"
      aria-pressed={isReading}
      aria-label={t('composer.read')}
      title={t('composer.read')}
      onClick={() => {
        onRead(!isReading);
      }}
    >
      <TranscriptIcon />
    </button>
  );
}
