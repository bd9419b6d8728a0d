/** The top line: whose page this is, whether the server is there, and the page's settings. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LANGUAGES } from '../i18n/index.ts';
import type { ConnectionState, Theme } from '../state/index.ts';
import { AskingButton } from './dialogs/index.ts';
import { BrandIcon, PlusIcon, ThemeIcon } from './icons.tsx';
import { useConversation, useIntents } from './page-context.ts';
import { RoomNav } from './rooms/index.ts';

/** The same in every language. */
const NAME = 'vivavoce';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

export function Header(): ReactNode {
  return (
    <header className="header">
      <div className="brand">
        <BrandIcon />
        <h1>{NAME}</h1>
      </div>
      <ConnectionBadge />
      <RoomNav />
      <div className="header-tools">
        <ClearButton />
        <ThemeButton />
        <LanguageSwitch />
      </div>
    </header>
  );
}

function ConnectionBadge(): ReactNode {
  const { t } = useTranslation();
  const connection: ConnectionState = useConversation((state) => state.connection);
  const progress = connection.kind === 'reconnecting' ? connection : ({ attempt: 0, limit: 0 } as const);
  return (
    <p className="connection" data-testid="connection" data-connection={connection.kind} role="status">
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-text">
        {t(`connection.${connection.kind}`, { attempt: progress.attempt, limit: progress.limit })}
      </span>
    </p>
  );
}

/** Consent is shown: whoever is recorded sees it. */
export function RecordingBadge(): ReactNode {
  const { t } = useTranslation();
  const isRecorded = useConversation((state) => state.isRecorded);
  if (!isRecorded) return null;
  return (
    <p className="recording" data-testid="recording" role="status">
      {t('recording.on')}
    </p>
  );
}

function ClearButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const isEmpty = useConversation(({ utterances }) => utterances.length === 0);
  if (isEmpty) return null;
  return (
    <AskingButton
      className="tool"
      data-testid="clear-history"
      aria-label={t('history.clear')}
      title={t('history.clear')}
      question={{
        text: t('history.clear_question'),
        yes: t('history.clear'),
        isDangerous: false,
      }}
      onYes={() => {
        intents.clearHistory();
      }}
    >
      <PlusIcon />
    </AskingButton>
  );
}

function ThemeButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const theme = useConversation(({ preferences }) => preferences.theme);
  const label = t('settings.theme', { theme: t(`settings.theme_${theme}`) });
  const change = (): void => {
    intents.setPreferences({ theme: NEXT_THEME[theme] });
  };
  return (
    <button
      type="button"
      className="tool"
      data-testid="theme"
      onClick={change}
      aria-label={label}
      title={label}
    >
      <ThemeIcon theme={theme} />
    </button>
  );
}

function LanguageSwitch(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const language = useConversation(({ preferences }) => preferences.language);
  return (
    <div className="languages" role="group" aria-label={t('settings.language')} data-testid="language">
      {(['en', 'zh'] as const).map((code) => (
        <button
          key={code}
          type="button"
          lang={LANGUAGES[code].tag}
          aria-pressed={code === language}
          data-testid={`language-${code}`}
          onClick={() => {
            intents.setPreferences({ language: code });
          }}
        >
          <span className="wide">{LANGUAGES[code].name}</span>
          <span className="narrow">{LANGUAGES[code].short}</span>
        </button>
      ))}
    </div>
  );
}
