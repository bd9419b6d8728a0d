/** One character to choose: who it is, how it sounds, and what may be done with it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { voiceTitle } from '../../../api/index.ts';
import type { PersonaCard, SpeechWish } from '../../../api/index.ts';
import { useConversation, useIntents } from '../../page-context.ts';
import type { SpeechPreview } from '../preview/use-speech-preview.ts';
import { roomLink } from '../use-room.ts';
import { languageName } from './language-names.ts';
import { ListenButton } from './listen-button.tsx';
import { Portrait } from './portrait.tsx';

interface CardProps {
  readonly card: PersonaCard;
  readonly isChosen: boolean;
  readonly mayWrite: boolean;
  readonly preview: SpeechPreview;
  readonly onChosen: (name: string) => void;
}

export function CharacterCard(props: CardProps): ReactNode {
  const { t } = useTranslation();
  const { card, isChosen, mayWrite, preview } = props;
  const page = useConversation(({ preferences }) => preferences.language);
  const name = card.names[page] ?? card.name;
  return (
    <li className="character-card" data-testid={`character-${card.id}`} data-chosen={isChosen}>
      <Portrait id={card.id} />
      <Words card={card} name={name} page={page} isChosen={isChosen} />
      <div className="button-row">
        <ChooseButton {...props} name={name} />
        <ListenButton
          preview={preview}
          name={card.id}
          label={t('characters.listen', { name })}
          wish={() => sampleOf(card, page, t('characters.sample', { name }))}
        />
        {mayWrite && <WriteLinks id={card.id} name={name} />}
      </div>
    </li>
  );
}

function Words({
  card: { abouts, languages, voices, isOwn },
  name,
  page,
  isChosen,
}: {
  readonly card: PersonaCard;
  readonly name: string;
  readonly page: string;
  readonly isChosen: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const about = abouts[spokenOf(languages, page)] ?? '';
  const voiceNames = [...new Set(languages.flatMap((language) => voices[language] ?? []))]
    .map(voiceTitle)
    .join(', ');
  return (
    <div className="character-words">
      <h3>
        {name}
        {isOwn && <span className="tag">{t('characters.own')}</span>}
        {isChosen && <span className="tag chosen">{t('characters.chosen')}</span>}
      </h3>
      {about === '' ? <p className="mild">{t('characters.no_about')}</p> : <p>{about}</p>}
      <p className="mild facts">
        <span>{languages.map((language) => languageName(language, page)).join(' · ')}</span>
        <span>
          {t('characters.voice', { voices: voiceNames === '' ? t('characters.voice_default') : voiceNames })}
        </span>
      </p>
    </div>
  );
}

function ChooseButton({ card, name, isChosen, onChosen }: CardProps & { readonly name: string }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <button
      type="button"
      className={isChosen ? 'plain-button' : 'strong-button'}
      data-testid="choose"
      disabled={isChosen}
      aria-label={t(isChosen ? 'characters.current' : 'characters.choose', { name })}
      onClick={() => {
        intents.setPreferences({ character: card.id });
        onChosen(name);
      }}
    >
      {t(isChosen ? 'characters.chosen' : 'characters.choose_short')}
    </button>
  );
}

function WriteLinks({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <a
        className="plain-button button-link"
        data-testid="edit"
        href={roomLink('characters', id)}
        aria-label={t('characters.edit', { name })}
      >
        {t('characters.edit_short')}
      </a>
      <a
        className="plain-button button-link"
        data-testid="copy"
        href={roomLink('characters', 'new', id)}
        aria-label={t('characters.copy', { name })}
      >
        {t('characters.copy_short')}
      </a>
    </>
  );
}

/** The language in which a character speaks to whoever reads the page in another. */
function spokenOf(languages: readonly string[], page: string): string {
  return languages.includes(page) ? page : (languages[0] ?? page);
}

/** A voice is heard in its own language, whatever the page is read in. */
function sampleOf(
  { languages, names, name, greetings, voices, speed }: PersonaCard,
  page: string,
  sample: string,
): SpeechWish {
  const language = spokenOf(languages, page);
  const greeting = greetings[language] ?? '';
  const introduction = language === 'zh' ? `你好，我是${names.zh ?? name}。` : sample;
  return { text: greeting === '' ? introduction : greeting, voice: voices[language] ?? '', speed };
}
