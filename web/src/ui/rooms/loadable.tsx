/** A component in a chunk of its own: loaded when it is first shown, and anew when it is shown again after a failure. */
import { useEffect, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';

import { loadPart } from '../../shell/index.ts';

interface Loading {
  readonly Part: ComponentType | null;
  readonly error: Error | null;
}

interface LoadableProps {
  /** Shown meanwhile. */
  readonly fallback: ReactNode;
}

/**
 * Not React's own `lazy`, which remembers a failure for as long as the page is open.
 *
 * The component throws when it could not be loaded: the boundary around it says so, and shows it again when asked to.
 */
export function loadable(
  load: () => Promise<{ readonly default: ComponentType }>,
): ComponentType<LoadableProps> {
  let known: ComponentType | null = null;
  return function Loadable({ fallback }) {
    const [{ Part, error }, setLoading] = useState<Loading>(() => ({ Part: known, error: null }));
    useEffect(() => {
      if (known !== null) return undefined;
      const gone = new AbortController();
      loadPart(load).then(
        (module) => {
          known = module.default;
          if (!gone.signal.aborted) setLoading({ Part: known, error: null });
        },
        (reason: unknown) => {
          if (!gone.signal.aborted) setLoading({ Part: null, error: asError(reason) });
        },
      );
      return () => {
        gone.abort();
      };
    }, []);
    if (error !== null) throw error;
    return Part === null ? fallback : <Part />;
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new Error('A part of the page could not be loaded', { cause: reason });
}
