/** How sure the memory is of what it holds, in a few words instead of a number. Pure. */
import type { Memory } from '../../../api/memories.ts';

export type Certainty = 'entered' | 'said' | 'probable' | 'guess';

const SAID = 0.85;
const PROBABLE = 0.6;

export function certaintyOf({ confidence, conversationId }: Memory): Certainty {
  if (conversationId === '' && confidence >= 1) return 'entered';
  if (confidence >= SAID) return 'said';
  return confidence >= PROBABLE ? 'probable' : 'guess';
}
