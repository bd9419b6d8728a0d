/** The memories room: what is remembered of the user, to be seen, added to, corrected and forgotten. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { SayingLine, useSaying } from '../history/parts/saying.tsx';
import { SearchField, useSettled } from '../history/parts/search-field.tsx';
import { useFailureWords } from '../history/parts/failure.tsx';
import { useRoomPath } from '../use-room.ts';
import { AddForm } from './add-form.tsx';
import { MemoryHits, MemoryListView } from './memory-list.tsx';
import { OneMemory } from './one-memory.tsx';
import { MemoryActions } from './memory-actions.ts';
import { useForgetfulCharacter, useForgetting } from './use-memories.ts';
import '../history/parts/parts.css';
import './memories.css';

export default function MemoriesRoom(): ReactNode {
  const { t } = useTranslation();
  const [wanted] = useRoomPath();
  const [words, setWords] = useState('');
  const settled = useSettled(words).trim();
  const saying = useSaying();
  const failureWords = useFailureWords();
  const forgetting = useForgetting((error) => {
    saying.say({ text: failureWords(error), tone: 'failed' });
  });
  const forgetful = useForgetfulCharacter();
  return (
    <MemoryActions value={{ saying, forgetting }}>
      <div className="archive" data-testid="memories">
        <div className="archive-top">
          <SearchField label={t('memories.search')} value={words} onChange={setWords} />
        </div>
        {forgetful !== null && (
          <p className="memories-note" role="note" data-testid="forgetful">
            {t('memories.forgetful', { name: forgetful })}
          </p>
        )}
        {wanted !== undefined && settled === '' && <OneMemory key={wanted} id={wanted} />}
        {settled === '' ? (
          <>
            <AddForm />
            <MemoryListView />
          </>
        ) : (
          <MemoryHits words={settled} />
        )}
      </div>
      <SayingLine saying={saying} />
    </MemoryActions>
  );
}
