/** What the room has asked for already, changed before the server has answered. Pure. */
import type { InfiniteData } from '@tanstack/react-query';

import type { Memory, MemoryPage } from '../../../api/memories.ts';

/** Everything that is kept under the room's key. */
export type Kept = InfiniteData<MemoryPage, number> | readonly Memory[] | Memory;

/** Applies a change wherever a memory is shown. */
export function changed(kept: Kept | undefined, change: (memory: Memory) => Memory): Kept | undefined {
  if (kept === undefined) return undefined;
  if ('pages' in kept) {
    return { ...kept, pages: kept.pages.map((page) => ({ ...page, memories: page.memories.map(change) })) };
  }
  return isList(kept) ? kept.map(change) : change(kept);
}

/** All pages as one list; what moved down while they were asked for is in it once. */
export function flat({ pages }: InfiniteData<MemoryPage, number>): readonly Memory[] {
  const found = new Map(pages.flatMap(({ memories }) => memories).map((memory) => [memory.id, memory]));
  return [...found.values()];
}

function isList(kept: readonly Memory[] | Memory): kept is readonly Memory[] {
  return Array.isArray(kept);
}
