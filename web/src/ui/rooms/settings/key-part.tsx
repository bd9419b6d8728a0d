/** The user's key: given, and forgotten. */
import { useId, useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useHasKey, useSetKey } from '../../page-context.ts';
import { useMe } from '../use-me.ts';

export function KeyPart(): ReactNode {
  const { t } = useTranslation();
  const hasKey = useHasKey();
  return (
    <div className="kept" data-testid="key-part">
      <h4>{t('preferences.privacy.key')}</h4>
      <p className="mild">{t('preferences.privacy.key_about')}</p>
      {hasKey ? <GivenKey /> : <NewKey />}
    </div>
  );
}

function GivenKey(): ReactNode {
  const { t } = useTranslation();
  const setKey = useSetKey();
  const { data: me } = useMe();
  const user = me?.user ?? '';
  return (
    <>
      <p>
        {user === '' ? t('preferences.privacy.key_signed_in') : t('preferences.privacy.key_user', { user })}
      </p>
      <button
        type="button"
        className="plain-button"
        data-testid="forget-key"
        onClick={() => {
          setKey(null);
        }}
      >
        {t('preferences.privacy.key_forget')}
      </button>
    </>
  );
}

function NewKey(): ReactNode {
  const { t } = useTranslation();
  const setKey = useSetKey();
  const [key, setTyped] = useState('');
  const id = useId();
  const use = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') setKey(key.trim());
  };
  return (
    <form className="key-part" onSubmit={use}>
      <p>{t('preferences.privacy.key_none')}</p>
      <label className="unseen" htmlFor={id}>
        {t('preferences.privacy.key_label')}
      </label>
      <div className="button-row">
        <input
          id={id}
          type="password"
          autoComplete="off"
          data-testid="settings-key"
          placeholder={t('preferences.privacy.key_label')}
          value={key}
          onChange={({ target }) => {
            setTyped(target.value);
          }}
        />
        <button type="submit" className="plain-button" data-testid="settings-use-key">
          {t('preferences.privacy.key_use')}
        </button>
      </div>
    </form>
  );
}
