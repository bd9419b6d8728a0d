/** A character's words in one language, and the voice that says them. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { voiceTitle } from '../../../api/index.ts';
import type { Voice } from '../../../api/index.ts';
import { SelectField, TextField } from '../fields/fields.tsx';
import { useSpeechPreview } from '../preview/use-speech-preview.ts';
import type { PartProps } from './character-editor.tsx';
import { textsIn, withText } from './draft.ts';
import type { DraftTexts } from './draft.ts';
import { ListenButton, PreviewTrouble } from './listen-button.tsx';
import { useVoices } from './queries.ts';

interface TextProps extends PartProps {
  readonly language: string;
}

export function TextFields(props: TextProps): ReactNode {
  const { t } = useTranslation();
  const field = fieldsOf(props);
  return (
    <>
      <h4>{t('characters.editor.who')}</h4>
      <TextField {...field('name')} label={t('characters.field.name')} />
      <TextField
        {...field('about')}
        label={t('characters.field.about')}
        about={t('characters.field.about_about')}
      />
      <TextField
        {...field('instructions')}
        label={t('characters.field.instructions')}
        about={t('characters.field.instructions_about')}
        lines={6}
      />
      <TextField
        {...field('greeting')}
        label={t('characters.field.greeting')}
        about={t('characters.field.greeting_about')}
        lines={2}
      />
      <h4>{t('characters.editor.speaks')}</h4>
      <VoiceField {...props} />
      <Lines {...props} />
    </>
  );
}

/** What it says when something is missing: few want to change that. */
function Lines(props: TextProps): ReactNode {
  const { t } = useTranslation();
  const field = fieldsOf(props);
  return (
    <details className="more">
      <summary>{t('characters.editor.lines')}</summary>
      <p className="mild">{t('characters.editor.lines_about')}</p>
      <TextField {...field('trouble')} label={t('characters.field.trouble')} />
      <TextField
        {...field('working')}
        label={t('characters.field.working')}
        about={t('characters.field.working_about')}
        lines={3}
      />
      <TextField {...field('tool_failed')} label={t('characters.field.tool_failed')} />
    </details>
  );
}

interface FieldProps {
  readonly name: string;
  readonly language: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** What the field of each text is given. */
function fieldsOf({ draft, change, errorOf, language }: TextProps): (name: keyof DraftTexts) => FieldProps {
  const texts = textsIn(draft, language);
  return (name) => ({
    name,
    language,
    value: texts[name],
    error: errorOf(name, language),
    onChange: (value) => {
      change(withText(draft, language, { [name]: value }));
    },
  });
}

function VoiceField({ draft, change, errorOf, language }: TextProps): ReactNode {
  const { t } = useTranslation();
  const preview = useSpeechPreview();
  const { voice, greeting, name } = textsIn(draft, language);
  return (
    <>
      <SelectField
        name="voice"
        label={t('characters.field.voice')}
        error={errorOf('voice', language)}
        value={voice}
        onChange={(chosen) => {
          change(withText(draft, language, { voice: chosen }));
        }}
      >
        <option value="">{t('characters.field.voice_default')}</option>
        <VoiceOptions language={language} chosen={voice} />
      </SelectField>
      <div className="button-row">
        <ListenButton
          preview={preview}
          name="draft"
          label={t('characters.listen', { name })}
          wish={() => ({
            text: greeting.trim() || t('characters.sample', { name, lng: language === 'zh' ? 'zh' : 'en' }),
            voice,
            speed: draft.speed,
          })}
        />
      </div>
      <PreviewTrouble preview={preview} />
    </>
  );
}

/** The voices of one language; one that was chosen and is not there is shown as such. */
export function VoiceOptions({
  language,
  chosen,
}: {
  /** Null for all languages. */
  readonly language: string | null;
  readonly chosen: string;
}): ReactNode {
  const { t } = useTranslation();
  const all = useVoices();
  const voices = all.filter((voice) => language === null || voice.language === language);
  const label = ({ name, isReady }: Voice): string =>
    isReady ? voiceTitle(name) : t('characters.field.voice_later', { name: voiceTitle(name) });
  return (
    <>
      {chosen !== '' && voices.every(({ name }) => name !== chosen) && (
        <option value={chosen}>
          {all.some(({ name }) => name === chosen)
            ? voiceTitle(chosen)
            : t('characters.field.voice_gone', { name: voiceTitle(chosen) })}
        </option>
      )}
      {voices.map((voice) => (
        <option key={`${voice.language}-${voice.name}`} value={voice.name}>
          {label(voice)}
        </option>
      ))}
    </>
  );
}
