/** What the room has asked for already, changed before the server has answered. Pure. */
import type { InfiniteData } from '@tanstack/react-query';

import type { ConversationPage, ConversationSummary, WholeConversation } from '../../../api/conversations.ts';

/** Everything that is kept under the room's key. */
export type Kept =
  InfiniteData<ConversationPage, string | null> | readonly ConversationSummary[] | WholeConversation;

/** Returns null for a conversation that is gone. */
type Change = <Summary extends ConversationSummary>(summary: Summary) => Summary | null;

/** Applies a change wherever the conversation is listed; one that is open stays, for whoever looks at it. */
export function changed(kept: Kept | undefined, change: Change): Kept | undefined {
  if (kept === undefined) return undefined;
  if ('pages' in kept) {
    const pages = kept.pages.map((page) => ({
      ...page,
      conversations: changedList(page.conversations, change),
    }));
    return { ...kept, pages };
  }
  return isList(kept) ? changedList(kept, change) : (change(kept) ?? kept);
}

/** All pages as one list; what moved up while they were asked for is in it once. */
export function flat({
  pages,
}: InfiniteData<ConversationPage, string | null>): readonly ConversationSummary[] {
  const seen = new Set<string>();
  return pages
    .flatMap(({ conversations }) => conversations)
    .filter(({ id }) => !seen.has(id) && seen.add(id).has(id));
}

function changedList(list: readonly ConversationSummary[], change: Change): readonly ConversationSummary[] {
  return list.flatMap((summary) => change(summary) ?? []);
}

function isList(kept: Exclude<Kept, { pages: unknown }>): kept is readonly ConversationSummary[] {
  return Array.isArray(kept);
}
