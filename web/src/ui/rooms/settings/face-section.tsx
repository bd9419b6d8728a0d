/** What is seen while one talks. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useConversation, useIntents } from '../../page-context.ts';
import { ChoiceField } from '../fields/fields.tsx';
import { OwnAvatarField } from './own-avatar-field.tsx';

const FACES = ['head', 'vrm', 'flat', 'none'] as const;

export function FaceSection(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const face = useConversation(({ preferences }) => preferences.face);
  return (
    <>
      <ChoiceField
        name="face"
        label={t('preferences.face.kind')}
        options={FACES.map((value) => ({
          value,
          label: t(`preferences.face.${value}`),
          about: t(`preferences.face.${value}_about`),
        }))}
        value={face}
        onChange={(value) => {
          intents.setPreferences({ face: value });
        }}
      />
      {face === 'vrm' && <OwnAvatarField />}
    </>
  );
}
