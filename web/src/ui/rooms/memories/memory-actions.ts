/** What every memory in the room shares: where is said what was done, and what is being forgotten. */
import { createContext, useContext } from 'react';
import type { Provider } from 'react';

import type { Saying } from '../history/parts/saying.tsx';
import type { Forgetting } from './forgetting.ts';

interface Shared {
  readonly saying: Saying;
  readonly forgetting: Forgetting;
}

const SharedContext = createContext<Shared | null>(null);

export const MemoryActions: Provider<Shared | null> = SharedContext.Provider;

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === null) throw new Error('a part of the memories room was used outside of it');
  return shared;
}
