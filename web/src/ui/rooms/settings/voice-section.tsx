/** How replies sound: whose voice, and how fast. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { voiceTitle } from '../../../api/index.ts';
import type { Voice } from '../../../api/index.ts';
import { partnerOf, SPEEDS } from '../../../state/index.ts';
import { useConversation, useIntents } from '../../page-context.ts';
import { languageName } from '../characters/language-names.ts';
import { ListenButton, PreviewTrouble } from '../characters/listen-button.tsx';
import { usePersonas, useVoices } from '../characters/queries.ts';
import { RangeField, SelectField } from '../fields/fields.tsx';
import { useSpeechPreview } from '../preview/use-speech-preview.ts';

export function VoiceSection(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const preferences = useConversation((state) => state.preferences);
  const voices = useVoices();
  const { voice, speed } = preferences;
  return (
    <>
      <SelectField
        name="voice"
        label={t('preferences.voice.voice')}
        about={t('preferences.voice.voice_about')}
        value={voice}
        onChange={(chosen) => {
          intents.setPreferences({ voice: chosen });
        }}
      >
        <option value="">{t('preferences.voice.own')}</option>
        <Voices voices={voices} chosen={voice} />
      </SelectField>
      <RangeField
        name="speed"
        label={t('preferences.voice.speed')}
        about={t('preferences.voice.speed_about')}
        min={SPEEDS.slowest}
        max={SPEEDS.fastest}
        step={0.05}
        value={speed}
        shown={speed === SPEEDS.normal ? t('preferences.voice.speed_normal') : `× ${speed.toFixed(2)}`}
        onChange={(value) => {
          intents.setPreferences({ speed: value });
        }}
      />
      <Trial voices={voices} />
    </>
  );
}

/** Lets the voice be heard as it is set. */
function Trial({ voices }: { readonly voices: readonly Voice[] }): ReactNode {
  const { t } = useTranslation();
  const preview = useSpeechPreview();
  const { data: cards } = usePersonas();
  const { voice, speed, language: page } = useConversation(({ preferences }) => preferences);
  const partner = useConversation((state) => partnerOf(state).character);
  const card = cards?.find(({ id }) => id === partner) ?? null;
  const own = card?.voices[page] ?? '';
  const chosen = voice === '' ? own : voice;
  const language = voices.find(({ name }) => name === chosen)?.language ?? page;
  return (
    <>
      <div className="button-row">
        <ListenButton
          preview={preview}
          name="set"
          label={t('preferences.voice.listen')}
          wish={() => ({
            text: t('preferences.voice.sample', { lng: language === 'zh' ? 'zh' : 'en' }),
            voice: chosen,
            speed: speed === SPEEDS.normal ? (card?.speed ?? speed) : speed,
          })}
        />
      </div>
      <PreviewTrouble preview={preview} />
    </>
  );
}

/** By language, that of the page first. */
function Voices({
  voices,
  chosen,
}: {
  readonly voices: readonly Voice[];
  readonly chosen: string;
}): ReactNode {
  const { t } = useTranslation();
  const page = useConversation(({ preferences }) => preferences.language);
  const languages = [...new Set([page, ...voices.map(({ language }) => language)])];
  const isThere = voices.some(({ name }) => name === chosen);
  return (
    <>
      {chosen !== '' && !isThere && (
        <option value={chosen}>{t('characters.field.voice_gone', { name: voiceTitle(chosen) })}</option>
      )}
      {languages.map((language) => (
        <optgroup key={language} label={languageName(language, page)}>
          {voices
            .filter((voice) => voice.language === language)
            .map(({ name, isReady }) => (
              <option key={name} value={name}>
                {isReady ? voiceTitle(name) : t('characters.field.voice_later', { name: voiceTitle(name) })}
              </option>
            ))}
        </optgroup>
      ))}
    </>
  );
}
