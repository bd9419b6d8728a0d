/** How the page looks and moves. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useConversation, useIntents } from '../../page-context.ts';
import { ChoiceField, SwitchField } from '../fields/fields.tsx';

export function AppearanceSection(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const { theme, motion } = useConversation(({ preferences }) => preferences);
  return (
    <>
      <ChoiceField
        name="theme"
        label={t('preferences.appearance.theme')}
        options={(['system', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(`preferences.appearance.theme_${value}`),
        }))}
        value={theme}
        onChange={(value) => {
          intents.setPreferences({ theme: value });
        }}
      />
      <SwitchField
        name="motion"
        label={t('preferences.appearance.motion')}
        about={t('preferences.appearance.motion_about')}
        isOn={motion === 'reduced'}
        onChange={(isOn) => {
          intents.setPreferences({ motion: isOn ? 'reduced' : 'system' });
        }}
      />
    </>
  );
}
