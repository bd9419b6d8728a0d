/** How a conversation is held: in which language, and who speaks when. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LANGUAGES } from '../../../i18n/index.ts';
import { useConversation, useIntents } from '../../page-context.ts';
import { ChoiceField, SwitchField } from '../fields/fields.tsx';

const LANGUAGE_OPTIONS = (['en', 'zh'] as const).map((value) => ({ value, label: LANGUAGES[value].name }));

export function ConversationSection(): ReactNode {
  return (
    <>
      <Languages />
      <Turns />
    </>
  );
}

function Languages(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const { language, speech } = useConversation(({ preferences }) => preferences);
  return (
    <>
      <ChoiceField
        name="language"
        label={t('preferences.conversation.language')}
        options={LANGUAGE_OPTIONS}
        value={language}
        onChange={(value) => {
          intents.setPreferences({ language: value });
        }}
      />
      <ChoiceField
        name="speech"
        label={t('preferences.conversation.speech')}
        options={[
          { value: 'page', label: t('preferences.conversation.speech_page') },
          ...LANGUAGE_OPTIONS,
          {
            value: 'auto',
            label: t('preferences.conversation.speech_auto'),
            about: t('preferences.conversation.speech_auto_about'),
          },
        ]}
        value={speech}
        onChange={(value) => {
          intents.setPreferences({ speech: value });
        }}
      />
    </>
  );
}

function Turns(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const { mode, greeting } = useConversation(({ preferences }) => preferences);
  return (
    <>
      <ChoiceField
        name="turns"
        label={t('controls.mode')}
        options={[
          {
            value: 'hands-free',
            label: t('controls.hands_free'),
            about: t('preferences.conversation.hands_free_about'),
          },
          {
            value: 'push-to-talk',
            label: t('controls.push_to_talk'),
            about: t('preferences.conversation.push_to_talk_about'),
          },
        ]}
        value={mode}
        onChange={(value) => {
          intents.setPreferences({ mode: value });
        }}
      />
      {mode === 'hands-free' && <HandsFree />}
      <SwitchField
        name="greeting"
        label={t('preferences.conversation.greeting')}
        about={t('preferences.conversation.greeting_about')}
        isOn={greeting}
        onChange={(isOn) => {
          intents.setPreferences({ greeting: isOn });
        }}
      />
    </>
  );
}

/** What is to be set only where nobody presses a button. */
function HandsFree(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const { eagerness, bargeIn } = useConversation(({ preferences }) => preferences);
  return (
    <>
      <ChoiceField
        name="eagerness"
        label={t('preferences.conversation.eagerness')}
        options={(['low', 'auto', 'high'] as const).map((value) => ({
          value,
          label: t(`preferences.conversation.eagerness_${value}`),
          about: t(`preferences.conversation.eagerness_about_${value}`),
        }))}
        value={eagerness}
        onChange={(value) => {
          intents.setPreferences({ eagerness: value });
        }}
      />
      <SwitchField
        name="barge-in"
        label={t('preferences.conversation.barge_in')}
        about={t('preferences.conversation.barge_in_about')}
        isOn={bargeIn}
        onChange={(isOn) => {
          intents.setPreferences({ bargeIn: isOn });
        }}
      />
    </>
  );
}
