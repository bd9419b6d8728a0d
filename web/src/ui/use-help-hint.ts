/** Whether a first visitor is still to be shown where Help is: until it was opened, or the first word was said. */
import { useEffect, useState } from 'react';

import { useConversation } from './page-context.ts';
import { useRoom } from './rooms/index.ts';

const PLACE = 'vivavoce.found-help';

export function useHelpHint(): boolean {
  const [isFound, setFound] = useState(read);
  const isHelpOpen = useRoom() === 'help';
  const hasSpoken = useConversation(({ utterances }) => utterances.length > 0);
  const isFoundNow = isHelpOpen || hasSpoken;
  if (isFoundNow && !isFound) setFound(true);
  useEffect(() => {
    if (isFoundNow) write();
  }, [isFoundNow]);
  return !isFound;
}

function read(): boolean {
  try {
    return localStorage.getItem(PLACE) !== null;
  } catch {
    // Forbidden by the browser's settings: nobody is told at every visit.
    return true;
  }
}

function write(): void {
  try {
    localStorage.setItem(PLACE, 'true');
  } catch {
    // Forbidden: see above.
  }
}
