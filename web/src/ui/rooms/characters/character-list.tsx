/** Who there is to talk to. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { partnerOf } from '../../../state/index.ts';
import { PlusIcon } from '../../icons.tsx';
import { useConversation } from '../../page-context.ts';
import { useSpeechPreview } from '../preview/use-speech-preview.ts';
import { useIsOwner } from '../use-me.ts';
import { roomLink } from '../use-room.ts';
import { CharacterCard } from './character-card.tsx';
import { PreviewTrouble } from './listen-button.tsx';
import { usePersonaProblems, usePersonas } from './queries.ts';

export function CharacterList(): ReactNode {
  const { t } = useTranslation();
  const { data: cards, isError, refetch } = usePersonas();
  const mayWrite = useIsOwner();
  const preview = useSpeechPreview();
  const chosen = useConversation((state) => partnerOf(state).character);
  const [news, setNews] = useState('');
  if (cards === undefined) return <NotYet isError={isError} onAgain={() => void refetch()} />;
  return (
    <div className="character-list">
      <p className="mild">{t('characters.intro')}</p>
      <p className="character-news" role="status" data-testid="character-news">
        {news === '' ? '' : t('characters.talking_to', { name: news })}
      </p>
      <PreviewTrouble preview={preview} />
      <ul className="character-cards">
        {cards.map((card) => (
          <CharacterCard
            key={card.id}
            card={card}
            isChosen={card.id === chosen}
            mayWrite={mayWrite}
            preview={preview}
            onChosen={setNews}
          />
        ))}
      </ul>
      <OwnCharacter mayWrite={mayWrite} />
      <Problems />
    </div>
  );
}

function NotYet({
  isError,
  onAgain,
}: {
  readonly isError: boolean;
  readonly onAgain: () => void;
}): ReactNode {
  const { t } = useTranslation();
  if (!isError) return <p className="mild">{t('characters.loading')}</p>;
  return (
    <div className="note" data-tone="error" role="alert">
      <p>{t('characters.failed')}</p>
      <button type="button" className="plain-button" onClick={onAgain}>
        {t('characters.again')}
      </button>
    </div>
  );
}

function OwnCharacter({ mayWrite }: { readonly mayWrite: boolean }): ReactNode {
  const { t } = useTranslation();
  if (!mayWrite) return <p className="mild">{t('characters.owner_only')}</p>;
  return (
    <a className="plain-button button-link" data-testid="new-character" href={roomLink('characters', 'new')}>
      <PlusIcon />
      {t('characters.create')}
    </a>
  );
}

/** Files that do not load, which nobody would look for in a log. */
function Problems(): ReactNode {
  const { t } = useTranslation();
  const problems = usePersonaProblems();
  if (problems.length === 0) return null;
  return (
    <section className="note" data-tone="warn" data-testid="persona-problems">
      <h3>{t('characters.problems')}</h3>
      <p>{t('characters.problems_about')}</p>
      <ul>
        {problems.map(({ file, message }) => (
          <li key={file}>
            <code>{file}</code>
            <p>{message}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
