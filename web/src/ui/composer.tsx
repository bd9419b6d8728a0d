/** Typing beside talking. */
import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { SendIcon } from './icons.tsx';
import { useIntents } from './page-context.ts';

/** Longer than anyone types in a conversation, shorter than a message the server refuses. */
const MAX_CHARACTERS = 4000;

export function Composer(): ReactNode {
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
      <button type="submit" data-testid="send" disabled={text.trim() === ''} aria-label={t('composer.send')}>
        <SendIcon />
      </button>
    </form>
  );
}
