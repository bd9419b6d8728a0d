/** Events this page sends. */
import type { ContentPart } from './items.ts';

export interface NewMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'user' | 'assistant';
  readonly status?: 'completed' | 'incomplete';
  readonly content: readonly ContentPart[];
}

/** When the server decides by itself that the user's turn is over; null leaves it to the client. */
export interface SemanticVad {
  readonly type: 'semantic_vad';
  readonly eagerness: 'auto' | 'low' | 'medium' | 'high';
  readonly create_response: boolean;
  readonly interrupt_response: boolean;
}

export interface AudioFormat {
  readonly type: 'audio/pcm';
  readonly rate: number;
}

/** WebM with Opus, as a browser's MediaRecorder makes it; input only. */
export interface WebmFormat {
  readonly type: 'audio/webm';
}

/** The user's answer to a tool that asks first. */
export interface ApprovalAnswer {
  readonly type: 'mcp_approval_response';
  readonly approval_request_id: string;
  readonly approve: boolean;
}

/** Only the fields that are present change; the server's defaults hold for the others. */
export interface SessionSettings {
  readonly type: 'realtime';
  /** The character to talk to. */
  readonly prompt?: { readonly id: string };
  readonly output_modalities?: readonly ('audio' | 'text')[];
  readonly audio?: {
    readonly input?: {
      readonly format?: AudioFormat | WebmFormat;
      readonly transcription?: { readonly model: string; readonly language: string } | null;
      readonly turn_detection?: SemanticVad | null;
    };
    readonly output?: { readonly format?: AudioFormat; readonly voice?: string; readonly speed?: number };
  };
}

export type ClientEvent =
  | { readonly type: 'session.update'; readonly session: SessionSettings }
  | { readonly type: 'input_audio_buffer.commit' }
  | { readonly type: 'input_audio_buffer.clear' }
  | { readonly type: 'conversation.item.create'; readonly item: NewMessage | ApprovalAnswer }
  | { readonly type: 'response.create' }
  | { readonly type: 'response.cancel' }
  | {
      readonly type: 'vivavoce.playout.report';
      readonly item_id: string;
      readonly content_index: number;
      /** Samples of the item's audio that were played, from its start. */
      readonly played_samples: number;
      /** Samples of the item's audio that are here and not yet played. */
      readonly buffered_samples: number;
    };
