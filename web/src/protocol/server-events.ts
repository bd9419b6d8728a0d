/**
 * Events the server sends that this page acts on; the parser passes over all others. Each is what the server declares
 * (`generated.ts`), of which the page keeps the fields that it reads.
 */
import type * as Wire from './generated.ts';
import type { Item } from './items.ts';

export type WireTurnState = Wire.TurnState['state'];
export type ComponentJob = Wire.ComponentStatus['job'];
export type ComponentState = Wire.ComponentStatus['state'];
export type ResponseStatus = Wire.Response['status'];
export type ActionName = Wire.Action['action'];
export type VisemeName = Wire.Viseme['viseme'];

/** One engine of the service and how it does. */
export type ServiceComponent = Readonly<Wire.ComponentStatus>;

/** Milliseconds after the end of the user's speech; a mark that did not happen is absent. */
export type TurnMarks = { readonly [Mark in keyof Wire.TurnMarks]?: number };

/** One thing that is remembered of the user. */
export type Memory = Readonly<Wire.Memory>;

/** A shape of the mouth, from this sample of the item's audio until the next shape begins. */
export type VisemeMark = Readonly<Wire.Viseme>;

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

type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value;
/** Some fields of an event of the server's. */
type Kept<Event extends { type: string }, Field extends keyof Event> = Frozen<Pick<Event, 'type' | Field>>;
/** An event of which the page keeps what it makes of it. */
type Made<Event extends { type: string }, Fields = unknown> = Readonly<Pick<Event, 'type'>> &
  Readonly<Fields>;

export type CoreEvent =
  | Kept<Wire.SessionCreated, never>
  /** The conversation that the session is in, by its name in the server's history. */
  | Made<Wire.ConversationCreated, { conversation_id: string }>
  /** `character` is who speaks from now on, null when the server does not tell. */
  | Made<Wire.SessionUpdated, { character: string | null }>
  | Made<Wire.ErrorEvent, { error: WireError }>
  | Kept<Wire.InputAudioBufferSpeechStarted, 'item_id'>
  | Kept<Wire.InputAudioBufferSpeechStopped, 'item_id'>
  | Kept<Wire.InputAudioBufferCommitted, 'item_id'>
  | Made<Wire.ConversationItemAdded | Wire.ConversationItemDone, { item: Item }>
  | Kept<Wire.ConversationItemDeleted, 'item_id'>
  | Kept<Wire.InputAudioTranscriptionCompleted, 'item_id' | 'transcript'>
  | Made<Wire.InputAudioTranscriptionFailed, { item_id: string; error: WireError }>
  | Made<Wire.ResponseCreated | Wire.ResponseDone, { response: ResponseHead }>
  | Made<Wire.ResponseOutputItemAdded, { response_id: string; item: Item }>
  | Kept<
      Wire.ResponseMcpCallInProgress | Wire.ResponseMcpCallCompleted | Wire.ResponseMcpCallFailed,
      'item_id'
    >
  | Kept<
      Wire.ResponseOutputTextDelta | Wire.ResponseOutputAudioTranscriptDelta,
      'response_id' | 'item_id' | 'delta'
    >
  | Kept<Wire.ResponseOutputAudioDone, 'response_id' | 'item_id'>;

export type ExtensionEvent =
  | Kept<Wire.AudioStream, 'response_number' | 'response_id' | 'item_id' | 'content_index' | 'sample_rate_hz'>
  | Kept<Wire.OutputSegment, 'response_id' | 'item_id' | 'first_sample' | 'samples' | 'text'>
  | Kept<Wire.PlayoutHold | Wire.PlayoutResume | Wire.PlayoutClear, 'response_id' | 'item_id'>
  | Kept<Wire.InputPartial, 'item_id' | 'stable' | 'unstable'>
  | Kept<Wire.TurnState, 'state' | 'reason'>
  | Kept<Wire.Expression, 'response_id' | 'item_id' | 'expression' | 'first_sample'>
  | Kept<Wire.Action, 'response_id' | 'item_id' | 'action' | 'first_sample'>
  | Kept<Wire.Visemes, 'response_id' | 'item_id' | 'first_sample' | 'samples' | 'visemes'>
  | Kept<Wire.MemoriesUsed, 'response_id' | 'memories'>
  | Kept<Wire.Recording, 'is_on'>
  | Made<Wire.TurnTiming, { response_id: string; marks: TurnMarks }>
  | Kept<Wire.ServiceStatus, 'components'>;

export type ServerEvent = CoreEvent | ExtensionEvent;
