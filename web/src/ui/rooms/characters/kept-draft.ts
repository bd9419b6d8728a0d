/**
 * What somebody is writing, kept until it is saved or thrown away: closing the room by a slip, or loading the page again,
 * loses nothing.
 */
import { useState } from 'react';

import type { Draft } from './draft.ts';

const PREFIX = 'vivavoce.draft.';

export interface KeptDraft {
  readonly draft: Draft;
  readonly isDirty: boolean;
  /** Whether it was begun on an earlier visit to the room. */
  readonly isRestored: boolean;
  readonly change: (draft: Draft) => void;
  /** What is shown is what the server has. */
  readonly settle: (draft: Draft) => void;
}

/** @param name - which of several drafts this is. */
export function useKeptDraft(name: string, fresh: Draft): KeptDraft {
  const [state, setState] = useState(() => {
    const kept = read(name);
    return kept === null
      ? { draft: fresh, isDirty: false, isRestored: false }
      : { draft: kept, isDirty: true, isRestored: true };
  });
  return {
    ...state,
    change: (draft) => {
      write(name, draft);
      setState({ draft, isDirty: true, isRestored: false });
    },
    settle: (draft) => {
      write(name, null);
      setState({ draft, isDirty: false, isRestored: false });
    },
  };
}

function read(name: string): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null') as Draft | null;
    // Only this page writes it, and only in this tab; an older page may have written less.
    return kept !== null && Array.isArray(kept.languages) && typeof kept.texts === 'object' ? kept : null;
  } catch {
    // Forbidden, or broken: nothing is kept.
    return null;
  }
}

function write(name: string, draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    // Forbidden or full: it is kept as long as the room is open.
  }
}
