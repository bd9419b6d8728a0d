/** Conversation items as both directions carry them; only the fields this page reads. */

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** One part of a message: what was typed, said, or written. */
export type ContentPart =
  | { readonly type: 'input_text' | 'output_text'; readonly text: string }
  /** `transcript` is null until the words are known. */
  | { readonly type: 'input_audio' | 'output_audio'; readonly transcript: string | null };

export interface MessageItem {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'user' | 'assistant' | 'system';
  readonly status: ItemStatus;
  readonly content: readonly ContentPart[];
}

/** A tool call, its output, or a kind added later: kept in order, not shown yet. */
export interface OtherItem {
  readonly id: string;
  readonly type: 'other';
  readonly kind: string;
}

export type Item = MessageItem | OtherItem;
