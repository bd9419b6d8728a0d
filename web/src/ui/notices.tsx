/** What is wrong, in plain words, with what to do about it; and how the service's engines do. */
import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { isBlocking } from '../state/index.ts';
import type { Problem, ProblemCode } from '../state/index.ts';
import { AwayNotice } from './away-notice.tsx';
import { InsecureHelp } from './devices/insecure-help.tsx';
import { CloseIcon, WarningIcon } from './icons.tsx';
import { useConversation, useIntents, useSetKey } from './page-context.ts';
import { ServiceBanner } from './service-banner.tsx';

/** What each problem offers to do. */
type Offer = 'retry' | 'type' | 'sound' | 'key';

const OFFERS: Readonly<Partial<Record<ProblemCode, readonly Offer[]>>> = {
  no_microphone: ['retry', 'type'],
  permission_denied: ['retry', 'type'],
  microphone_busy: ['retry', 'type'],
  insecure_origin: ['type'],
  unsupported_browser: ['type'],
  microphone_lost: ['retry', 'type'],
  microphone_refused: ['retry'],
  page_error: ['retry', 'type'],
  audio_blocked: ['sound'],
  server_gone: ['retry'],
  gave_up: ['retry'],
  capacity: ['retry'],
  elsewhere: ['retry'],
  refused: ['retry'],
  unauthorised: ['key'],
};

export function Notices(): ReactNode {
  const problems = useConversation((state) => state.problems);
  return (
    <div className="notices">
      {problems.map((problem) => (
        <ProblemNotice key={problem.code} problem={problem} />
      ))}
      <AwayNotice />
      <ServiceBanner />
    </div>
  );
}

function ProblemNotice({ problem: { code, detail } }: { readonly problem: Problem }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const offers = OFFERS[code] ?? [];
  return (
    <section
      className="notice"
      role="alert"
      data-testid="error"
      data-code={code}
      data-tone={isBlocking(code) ? 'blocking' : 'passing'}
    >
      <WarningIcon />
      <div className="notice-words">
        <strong>{t(`problem.${code}.title`)}</strong>
        <p>{t(`problem.${code}.remedy`)}</p>
        {code === 'insecure_origin' && <InsecureHelp />}
        {detail !== '' && <p className="mild">{detail}</p>}
        {offers.length > 0 && <Offers offers={offers} code={code} />}
      </div>
      {code !== 'server_gone' && (
        <button
          type="button"
          className="tool"
          data-testid="dismiss"
          aria-label={t('action.dismiss')}
          onClick={() => {
            intents.dismiss(code);
          }}
        >
          <CloseIcon />
        </button>
      )}
    </section>
  );
}

function Offers({
  offers,
  code,
}: {
  readonly offers: readonly Offer[];
  readonly code: ProblemCode;
}): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const type = (): void => {
    intents.dismiss(code);
    document.getElementById('message')?.focus();
  };
  return (
    <div className="offers">
      {offers.includes('key') && <KeyForm />}
      {offers.includes('retry') && (
        <button type="button" data-testid="retry" onClick={() => void intents.retry()}>
          {t('action.retry')}
        </button>
      )}
      {offers.includes('sound') && (
        <button type="button" data-testid="unblock" onClick={() => void intents.unblockSound()}>
          {t('action.enable_sound')}
        </button>
      )}
      {offers.includes('type') && (
        <button type="button" className="quiet" data-testid="type-instead" onClick={type}>
          {t('action.type_instead')}
        </button>
      )}
    </div>
  );
}

function KeyForm(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const setUsedKey = useSetKey();
  const [key, setKey] = useState('');
  const use = (event: SyntheticEvent): void => {
    event.preventDefault();
    setUsedKey(key.trim());
    void intents.retry();
  };
  return (
    <form className="key-form" onSubmit={use}>
      <input
        type="password"
        data-testid="key-input"
        value={key}
        autoComplete="off"
        aria-label={t('action.key')}
        placeholder={t('action.key')}
        onChange={(event) => {
          setKey(event.target.value);
        }}
      />
      <button type="submit" data-testid="use-key" disabled={key.trim() === ''}>
        {t('action.use_key')}
      </button>
    </form>
  );
}
