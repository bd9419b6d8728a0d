/** Who to talk to, where there is a choice; it may change in mid-conversation. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { partnerOf } from '../state/index.ts';
import { useConversation, useIntents } from './page-context.ts';

export function CharacterSelect(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const characters = useConversation((state) => state.characters);
  const language = useConversation(({ preferences }) => preferences.language);
  const character = useConversation((state) => partnerOf(state).character);
  if (characters.length < 2) return null;
  return (
    <select
      className="character"
      data-testid="character"
      aria-label={t('settings.character')}
      value={character}
      onChange={({ target }) => {
        intents.setPreferences({ character: target.value });
      }}
    >
      {character === '' && <option value="">{t('settings.character')}</option>}
      {characters.map(({ id, name, names }) => (
        <option key={id} value={id}>
          {names[language] ?? name}
        </option>
      ))}
    </select>
  );
}
