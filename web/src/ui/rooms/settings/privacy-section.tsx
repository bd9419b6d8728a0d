/** What is kept of the user, where, and how to be rid of it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { deleteConversations } from '../../../api/conversations.ts';
import { forgetMemories } from '../../../api/memories.ts';
import { AskingButton } from '../../dialogs/index.ts';
import { INITIAL_PREFERENCES } from '../../../state/index.ts';
import { useApi, useConversation, useIntents } from '../../page-context.ts';
import { roomLink } from '../use-room.ts';
import { KeyPart } from './key-part.tsx';

export function PrivacySection(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const intents = useIntents();
  const language = useConversation(({ preferences }) => preferences.language);
  const isRecorded = useConversation((state) => state.isRecorded);
  const place = window.location.host;
  return (
    <>
      <Kept
        name="conversations"
        about={t('preferences.privacy.conversations_about', { place })}
        room="history"
        onDelete={async () => {
          const count = await deleteConversations(api);
          intents.forgetConversation(null);
          return t('preferences.privacy.deleted', { count });
        }}
      />
      <Kept
        name="memories"
        about={t('preferences.privacy.memories_about', { place })}
        room="memories"
        onDelete={async () => t('preferences.privacy.deleted', { count: await forgetMemories(api) })}
      />
      <div className="kept">
        <h4>{t('preferences.privacy.recording')}</h4>
        <p className="mild" data-testid="recording-state">
          {t(isRecorded ? 'preferences.privacy.recording_on' : 'preferences.privacy.recording_off')}
        </p>
      </div>
      <Kept
        name="settings"
        about=""
        onDelete={() => {
          // Who sets everything back still wants to read the page.
          intents.setPreferences({ ...INITIAL_PREFERENCES, language });
          return Promise.resolve(t('preferences.privacy.reset'));
        }}
      />
      <KeyPart />
    </>
  );
}

interface KeptProps {
  readonly name: 'conversations' | 'memories' | 'settings';
  readonly about: string;
  /** Where all of it is seen. */
  readonly room?: 'history' | 'memories';
  /** Returns what to say of it. */
  readonly onDelete: () => Promise<string>;
}

/** One kind of thing that is kept, and the way to delete all of it. */
function Kept({ name, about, room, onDelete }: KeptProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const deleting = useMutation({
    mutationFn: onDelete,
    onSettled: () => queries.invalidateQueries(),
  });
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
          disabled={deleting.isPending}
          question={{
            text: t(`preferences.privacy.${name}_question`),
            yes: t(`preferences.privacy.${name}_delete`),
          }}
          onYes={deleting.mutate}
        >
          {t(`preferences.privacy.${name}_delete`)}
        </AskingButton>
      </div>
      <p role="status">{deleting.data ?? ''}</p>
      {deleting.error !== null && (
        <p className="note" data-tone="error" role="alert">
          {t('preferences.privacy.failed', { reason: deleting.error.message })}
        </p>
      )}
    </div>
  );
}
