/** What is kept of the user, where, and how to be rid of it. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AskingButton } from '../../dialogs/index.ts';
import { INITIAL_PREFERENCES } from '../../../state/index.ts';
import { useConversation, useIntents } from '../../page-context.ts';
import { useDeleteAll } from '../history/use-conversations.ts';
import { useForgetAll } from '../memories/use-memories.ts';
import { roomLink } from '../use-room.ts';
import { KeyPart } from './key-part.tsx';

export function PrivacySection(): ReactNode {
  const { t } = useTranslation();
  const isRecorded = useConversation((state) => state.isRecorded);
  return (
    <>
      <Conversations />
      <Memories />
      <div className="kept">
        <h4>{t('preferences.privacy.recording')}</h4>
        <p className="mild" data-testid="recording-state">
          {t(isRecorded ? 'preferences.privacy.recording_on' : 'preferences.privacy.recording_off')}
        </p>
      </div>
      <Settings />
      <KeyPart />
    </>
  );
}

function Conversations(): ReactNode {
  const { t } = useTranslation();
  const outcome = useOutcome();
  const { mutate, isPending } = useDeleteAll(outcome);
  return (
    <Kept
      name="conversations"
      about={t('preferences.privacy.conversations_about', { place: window.location.host })}
      room="history"
      doing={t('archive.delete_all')}
      question={t('archive.delete_all_question')}
      isBusy={isPending}
      outcome={outcome}
      onDelete={mutate}
    />
  );
}

function Memories(): ReactNode {
  const { t } = useTranslation();
  const outcome = useOutcome();
  const { mutate, isPending } = useForgetAll(outcome);
  return (
    <Kept
      name="memories"
      about={t('preferences.privacy.memories_about', { place: window.location.host })}
      room="memories"
      doing={t('memories.forget_all')}
      question={t('memories.forget_all_question')}
      isBusy={isPending}
      outcome={outcome}
      onDelete={mutate}
    />
  );
}

function Settings(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const language = useConversation(({ preferences }) => preferences.language);
  const [isDone, setDone] = useState(false);
  return (
    <Kept
      name="settings"
      about=""
      doing={t('preferences.privacy.settings_delete')}
      question={t('preferences.privacy.settings_question')}
      isBusy={false}
      outcome={{ done: isDone ? t('preferences.privacy.reset') : '', failed: '' }}
      onDelete={() => {
        // Who sets everything back still wants to read the page.
        intents.setPreferences({ ...INITIAL_PREFERENCES, language });
        setDone(true);
      }}
    />
  );
}

/** What came of it, in words; empty for nothing. */
interface Outcome {
  readonly done: string;
  readonly failed: string;
}

function useOutcome(): Outcome & {
  readonly onDone: (count: number) => void;
  readonly onFailed: (error: unknown) => void;
} {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>({ done: '', failed: '' });
  return {
    ...outcome,
    onDone: (count) => {
      setOutcome({ done: t('preferences.privacy.deleted', { count }), failed: '' });
    },
    onFailed: (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      setOutcome({ done: '', failed: t('preferences.privacy.failed', { reason }) });
    },
  };
}

interface KeptProps {
  readonly name: 'conversations' | 'memories' | 'settings';
  readonly about: string;
  /** Where all of it is seen. */
  readonly room?: 'history' | 'memories';
  /** What it is called to delete it. */
  readonly doing: string;
  readonly question: string;
  readonly isBusy: boolean;
  readonly outcome: Outcome;
  readonly onDelete: () => void;
}

/** One kind of thing that is kept, and the way to delete all of it. */
function Kept({ name, about, room, doing, question, isBusy, outcome, onDelete }: KeptProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="kept" data-testid={`kept-${name}`}>
      <h4>{t(`preferences.privacy.${name}`)}</h4>
      {about !== '' && <p className="mild">{about}</p>}
      <div className="button-row">
        {room !== undefined && (
          <a className="plain-button button-link" href={roomLink(room)}>
            {t('preferences.privacy.see')}
          </a>
        )}
        <AskingButton
          className="danger-button"
          data-testid={`delete-${name}`}
          disabled={isBusy}
          question={{ text: question, yes: doing }}
          onYes={onDelete}
        >
          {doing}
        </AskingButton>
      </div>
      <p role="status">{outcome.done}</p>
      {outcome.failed !== '' && (
        <p className="note" data-tone="error" role="alert">
          {outcome.failed}
        </p>
      )}
    </div>
  );
}
