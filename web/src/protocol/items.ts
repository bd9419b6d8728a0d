/** Conversation items as both directions carry them; only the fields this page reads. */
import type * as Wire from './generated.ts';

export type ItemStatus = NonNullable<Wire.Message['status']>;

/** One part of a message: what was typed, said, or written. */
export type ContentPart =
  | { readonly type: (Wire.InputText | Wire.OutputText)['type']; readonly text: string }
  /** `transcript` is null until the words are known. */
  | { readonly type: (Wire.InputAudio | Wire.OutputAudio)['type']; readonly transcript: string | null };

export interface MessageItem {
  readonly id: string;
  readonly type: Wire.Message['type'];
  readonly role: Wire.Message['role'];
  readonly status: ItemStatus;
  readonly content: readonly ContentPart[];
}

/** A call of a tool that the server runs; `outcome` is open while it does. */
export interface ToolCallItem {
  readonly id: string;
  readonly type: Wire.McpCall['type'];
  readonly name: string;
  readonly outcome: 'open' | 'done' | 'failed';
}

/** A call that waits for the user's consent. */
export interface ApprovalRequestItem {
  readonly id: string;
  readonly type: Wire.McpApprovalRequest['type'];
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** The user's answer to one. */
export interface ApprovalResponseItem {
  readonly id: string;
  readonly type: Wire.McpApprovalResponse['type'];
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
