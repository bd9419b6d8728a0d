/** Events the server sends that this page acts on; the parser passes over all others. */
import type { Item } from './items.ts';

export type WireTurnState = 'idle' | 'listening' | 'processing' | 'speaking' | 'error';
export type ComponentJob = 'stt' | 'llm' | 'tts' | 'vad' | 'turn';
export type ComponentState = 'ready' | 'loading' | 'degraded' | 'missing';
export type ResponseStatus = 'in_progress' | 'completed' | 'cancelled' | 'failed' | 'incomplete';

/** One engine of the service and how it does. */
export interface ServiceComponent {
  readonly job: ComponentJob;
  readonly name: string;
  readonly state: ComponentState;
  readonly detail: string;
  /** Share of the download or load that is done, 0 to 1; null when there is nothing to measure. */
  readonly progress: number | null;
}

/** Milliseconds after the end of the user's speech; a mark that did not happen is absent. */
export interface TurnMarks {
  readonly turn_confirmed?: number;
  readonly transcript?: number;
  readonly first_token?: number;
  readonly first_clause?: number;
  readonly first_audio?: number;
  readonly played?: number;
  readonly interrupted?: number;
}

/** One thing that is remembered of the user. */
export interface Memory {
  readonly id: string;
  readonly text: string;
}

export type ActionName = 'nod' | 'shake' | 'wave';

/** The shapes of the mouth by their names in the Oculus OVR LipSync set. */
export const VISEME_NAMES = [
  'sil',
  'PP',
  'FF',
  'TH',
  'DD',
  'kk',
  'CH',
  'SS',
  'nn',
  'RR',
  'aa',
  'E',
  'I',
  'O',
  'U',
] as const;

export type VisemeName = (typeof VISEME_NAMES)[number];

/** A shape of the mouth, from this sample of the item's audio until the next shape begins. */
export interface VisemeMark {
  readonly viseme: VisemeName;
  readonly sample: number;
  /** 0 to 1. */
  readonly weight: number;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
}

export interface ResponseHead {
  readonly id: string;
  readonly status: ResponseStatus;
  /** Why it failed; null when it did not. */
  readonly error: WireError | null;
}

export type CoreEvent =
  | { readonly type: 'session.created' }
  /** The conversation that the session is in, by its name in the server's history. */
  | { readonly type: 'conversation.created'; readonly conversation_id: string }
  /** `character` is who speaks from now on, null when the server does not tell. */
  | { readonly type: 'session.updated'; readonly character: string | null }
  | { readonly type: 'error'; readonly error: WireError }
  | { readonly type: 'input_audio_buffer.speech_started'; readonly item_id: string }
  | { readonly type: 'input_audio_buffer.speech_stopped'; readonly item_id: string }
  | { readonly type: 'input_audio_buffer.committed'; readonly item_id: string }
  | { readonly type: 'conversation.item.added' | 'conversation.item.done'; readonly item: Item }
  | { readonly type: 'conversation.item.deleted'; readonly item_id: string }
  | {
      readonly type: 'conversation.item.input_audio_transcription.completed';
      readonly item_id: string;
      readonly transcript: string;
    }
  | {
      readonly type: 'conversation.item.input_audio_transcription.failed';
      readonly item_id: string;
      readonly error: WireError;
    }
  | { readonly type: 'response.created' | 'response.done'; readonly response: ResponseHead }
  | { readonly type: 'response.output_item.added'; readonly response_id: string; readonly item: Item }
  | {
      readonly type:
        'response.mcp_call.in_progress' | 'response.mcp_call.completed' | 'response.mcp_call.failed';
      readonly item_id: string;
    }
  | {
      readonly type: 'response.output_text.delta' | 'response.output_audio_transcript.delta';
      readonly response_id: string;
      readonly item_id: string;
      readonly delta: string;
    }
  | {
      readonly type: 'response.output_audio.done';
      readonly response_id: string;
      readonly item_id: string;
    };

export type ExtensionEvent =
  | {
      /** Announces which item the binary frames of a response belong to. */
      readonly type: 'vivavoce.audio.stream';
      readonly response_number: number;
      readonly response_id: string;
      readonly item_id: string;
      readonly content_index: number;
      readonly sample_rate_hz: number;
    }
  | {
      /** A clause, and the samples of the item's audio in which it is spoken. */
      readonly type: 'vivavoce.output.segment';
      readonly response_id: string;
      readonly item_id: string;
      readonly first_sample: number;
      readonly samples: number;
      readonly text: string;
    }
  | {
      /**
       * `hold`: fall silent now and keep everything; `resume`: go on where it stopped; `clear`: drop it. Each is answered
       * with a report at once.
       */
      readonly type: 'vivavoce.playout.hold' | 'vivavoce.playout.resume' | 'vivavoce.playout.clear';
      readonly response_id: string;
      readonly item_id: string;
    }
  | {
      readonly type: 'vivavoce.input.partial';
      readonly item_id: string;
      readonly stable: string;
      readonly unstable: string;
    }
  | { readonly type: 'vivavoce.turn.state'; readonly state: WireTurnState; readonly reason: string }
  | {
      /** What the assistant's face shows from this sample of the item's audio on. */
      readonly type: 'vivavoce.expression';
      readonly response_id: string;
      readonly item_id: string;
      readonly expression: string;
      readonly first_sample: number;
    }
  | {
      /** A movement the assistant makes once, at this sample of the item's audio. */
      readonly type: 'vivavoce.action';
      readonly response_id: string;
      readonly item_id: string;
      readonly action: ActionName;
      readonly first_sample: number;
    }
  | {
      /** The shapes of the mouth in these samples of the item's audio; comes before the audio. */
      readonly type: 'vivavoce.visemes';
      readonly response_id: string;
      readonly item_id: string;
      readonly first_sample: number;
      readonly samples: number;
      readonly visemes: readonly VisemeMark[];
    }
  | {
      /** What a reply rests on of what is remembered of the user; comes before its words. */
      readonly type: 'vivavoce.memory.used';
      readonly response_id: string;
      readonly memories: readonly Memory[];
    }
  | { readonly type: 'vivavoce.recording'; readonly is_on: boolean }
  | { readonly type: 'vivavoce.turn.timing'; readonly response_id: string; readonly marks: TurnMarks }
  | { readonly type: 'vivavoce.service.status'; readonly components: readonly ServiceComponent[] };

export type ServerEvent = CoreEvent | ExtensionEvent;
