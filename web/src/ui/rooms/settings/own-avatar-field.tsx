/** The user's own avatar: which file it is, another one, or none. The file stays in this browser. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FaceError, keepOwnAvatar, ownAvatar, removeOwnAvatar } from '../../../avatar/index.ts';
import type { FaceProblemCode } from '../../../avatar/index.ts';

const KEPT = ['own-avatar'] as const;

interface Keeping {
  /** The name of the file that is kept; null for none. */
  readonly name: string | null;
  /** Why the last change could not be made. */
  readonly problem: FaceProblemCode | null;
  readonly isBusy: boolean;
  readonly change: (wanted: Promise<void>) => Promise<void>;
}

export function OwnAvatarField(): ReactNode {
  const { t } = useTranslation();
  const keeping = useKeeping();
  const { name, problem, isBusy, change } = keeping;
  return (
    <div className="field" data-testid="own-avatar">
      <FileInput {...keeping} />
      <p className="mild field-about" role="status">
        {isBusy && t('preferences.face.trying')}
        {!isBusy && name !== null && t('preferences.face.kept', { name })}
        {!isBusy && name === null && t('preferences.face.not_kept')}
      </p>
      {problem !== null && (
        <p className="note" data-tone="error" role="alert" data-testid="own-avatar-problem">
          {t(`face.problem.${problem}`)}
        </p>
      )}
      {name !== null && (
        <button
          type="button"
          className="danger-button"
          disabled={isBusy}
          data-testid="own-avatar-remove"
          onClick={() => void change(removeOwnAvatar())}
        >
          {t('preferences.face.remove')}
        </button>
      )}
    </div>
  );
}

function FileInput({ isBusy, change }: Keeping): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <label className="field-label" htmlFor="own-avatar-file">
        {t('preferences.face.file')}
      </label>
      <input
        id="own-avatar-file"
        type="file"
        accept=".vrm,model/gltf-binary"
        disabled={isBusy}
        data-testid="own-avatar-file"
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file !== undefined) void change(keepOwnAvatar(file));
          // The same file chosen again is news too.
          target.value = '';
        }}
      />
    </>
  );
}

function useKeeping(): Keeping {
  const queries = useQueryClient();
  const { data: name = null } = useQuery({
    queryKey: KEPT,
    queryFn: async () => (await ownAvatar())?.name ?? null,
    retry: false,
  });
  const [problem, setProblem] = useState<FaceProblemCode | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const change = async (wanted: Promise<void>): Promise<void> => {
    setIsBusy(true);
    try {
      await wanted;
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof FaceError ? error.code : 'vrm_unreadable');
    }
    setIsBusy(false);
    await queries.invalidateQueries({ queryKey: KEPT });
  };
  return { name, problem, isBusy, change };
}
