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

/** A call of a tool that the server runs; `outcome` is open while it does. */
export interface ToolCallItem {
  readonly id: string;
  readonly type: 'mcp_call';
  readonly name: string;
  readonly outcome: 'open' | 'done' | 'failed';
}

/** A call that waits for the user's consent. */
export interface ApprovalRequestItem {
  readonly id: string;
  readonly type: 'mcp_approval_request';
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** The user's answer to one. */
export interface ApprovalResponseItem {
  readonly id: string;
  readonly type: 'mcp_approval_response';
  readonly approval_request_id: string;
  readonly approve: boolean;
}

/** A client's tool, its output, or a kind added later: kept in order, not shown yet. */
export interface OtherItem {
  readonly id: string;
  readonly type: 'other';
  readonly kind: string;
}

export type Item = MessageItem | ToolCallItem | ApprovalRequestItem | ApprovalResponseItem | OtherItem;
