/** Tells the memory something by hand. */
import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useFailureWords } from '../history/parts/failure.tsx';
import { useShared } from './memory-actions.ts';
import { MAX_CHARACTERS } from './memory-row.tsx';
import { useAdd } from './use-memories.ts';

export function AddForm(): ReactNode {
  const { t } = useTranslation();
  const { text, isReady, setText, add } = useAdding();
  return (
    <form className="archive-editor" onSubmit={add}>
      <input
        data-testid="memory-text"
        aria-label={t('memories.add_label')}
        placeholder={t('memories.add_label')}
        value={text}
        maxLength={MAX_CHARACTERS}
        autoComplete="off"
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <button
        type="submit"
        className="archive-button"
        data-kind="main"
        data-testid="memory-add"
        disabled={!isReady}
      >
        {t('memories.add')}
      </button>
    </form>
  );
}

interface Adding {
  readonly text: string;
  readonly isReady: boolean;
  readonly setText: (text: string) => void;
  readonly add: (event: SyntheticEvent) => void;
}

function useAdding(): Adding {
  const { t } = useTranslation();
  const words = useFailureWords();
  const { saying } = useShared();
  const [text, setText] = useState('');
  const { mutate, isPending } = useAdd({
    onDone: ({ text: kept }) => {
      setText('');
      saying.say({ text: t('memories.added', { text: kept }), tone: 'done' });
    },
    // What was typed stays, to be sent again.
    onFailed: (error) => {
      saying.say({ text: words(error), tone: 'failed' });
    },
  });
  const tidy = text.replace(/\s+/g, ' ').trim();
  const isReady = tidy !== '' && !isPending;
  const add = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isReady) mutate(tidy);
  };
  return { text, isReady, setText, add };
}
