/** Saving and deleting a character, and what the server had against it. */
import { useMemo } from 'react';
import type { SyntheticEvent } from 'react';

import { ApiError } from '../../../api/index.ts';
import { openRoom } from '../use-room.ts';
import { blameOf, toDraft, toWritten } from './draft.ts';
import type { Blame, Draft } from './draft.ts';
import { useDeletePersona, useSavePersona } from './queries.ts';

export interface Writing {
  readonly isSaving: boolean;
  readonly isSaved: boolean;
  /** In the server's words; empty for none. */
  readonly refusal: string;
  /** The same object for as long as it is the same refusal. */
  readonly blame: Blame | null;
  /** The refusal, where it is about this field. */
  readonly errorOf: (field: string, language?: string) => string | undefined;
  readonly submit: (event: SyntheticEvent) => void;
  readonly remove: (onRemoved: () => void) => void;
  /** Something else was written: what was refused may be mended. */
  readonly forgive: () => void;
}

export function useWriting(id: string, draft: Draft, settle: (draft: Draft) => void): Writing {
  const saving = useSavePersona((saved) => {
    settle(toDraft(saved.id, saved.written));
  });
  const removing = useDeletePersona();
  const refusal = useRefusal(saving.error ?? removing.error);
  return {
    isSaving: saving.isPending,
    isSaved: saving.isSuccess,
    ...refusal,
    submit: (event) => {
      event.preventDefault();
      saving.mutate(
        { id, written: toWritten(draft) },
        {
          onSuccess: (saved) => {
            openRoom('characters', saved.id);
          },
        },
      );
    },
    remove: (onRemoved) => {
      removing.mutate(id, {
        onSuccess: () => {
          onRemoved();
          openRoom('characters');
        },
      });
    },
    forgive: () => {
      // What is under way would be answered to nobody.
      if (saving.isPending) return;
      saving.reset();
      removing.reset();
    },
  };
}

function useRefusal(error: Error | null): Pick<Writing, 'refusal' | 'blame' | 'errorOf'> {
  const blame = useMemo(() => (error instanceof ApiError ? blameOf(error.param) : null), [error]);
  return {
    refusal: error?.message ?? '',
    blame,
    errorOf: (field, language) =>
      blame?.field === field && isIn(blame, language) ? error?.message : undefined,
  };
}

function isIn(blame: Blame, language: string | undefined): boolean {
  return language === undefined || blame.language === null || blame.language === language;
}
