/** One line at the foot of a room: what was done, what failed, and how to take it back. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

export interface Said {
  readonly text: string;
  readonly tone: 'done' | 'failed';
  readonly action?: { readonly label: string; readonly onClick: () => void };
}

export interface Saying {
  readonly said: Said | null;
  readonly say: (said: Said) => void;
  readonly hush: () => void;
}

const SHOWN_MS = 8000;

/** What is said goes by itself after a while, but a failure stays until something else is said. */
export function useSaying(): Saying {
  const [said, setSaid] = useState<Said | null>(null);
  useEffect(() => {
    if (said?.tone !== 'done') return undefined;
    const timer = setTimeout(() => {
      setSaid(null);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  const hush = useCallback(() => {
    setSaid(null);
  }, []);
  return useMemo(() => ({ said, say: setSaid, hush }), [said, hush]);
}

export function SayingLine({ saying: { said, hush } }: { readonly saying: Saying }): ReactNode {
  return (
    <div className="archive-saying" role={said?.tone === 'failed' ? 'alert' : 'status'} data-testid="saying">
      {said !== null && (
        <p data-tone={said.tone}>
          <span>{said.text}</span>
          {said.action !== undefined && (
            <button
              type="button"
              className="archive-button"
              data-testid="undo"
              onClick={() => {
                said.action?.onClick();
                hush();
              }}
            >
              {said.action.label}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
