/**
 * Turns one text frame into one server event.
 *
 * A type this page does not use is passed over, so a newer server stays usable; a known type with wrong fields is
 * reported as malformed and never half-read.
 */
import { Fields, MalformedEvent } from './fields.ts';
import type * as Wire from './generated.ts';
import type {
  ApprovalRequestItem,
  ApprovalResponseItem,
  ContentPart,
  Item,
  ItemStatus,
  MessageItem,
  ToolCallItem,
} from './items.ts';
import { VISEME_NAMES } from './server-events.ts';
import type {
  ResponseHead,
  ServerEvent,
  ServiceComponent,
  TurnMarks,
  VisemeMark,
  WireError,
} from './server-events.ts';

export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: ServerEvent }
  | { readonly kind: 'ignored'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string };

type ServerEventType = ServerEvent['type'];
/** The member of the union that has this type among its types. */
type EventOf<Type, Event = ServerEvent> = Event extends { readonly type: infer Types }
  ? Type extends Types
    ? Event
    : never
  : never;
/** What the server declares for this type, of which the page takes what it needs. */
type WireOf<Type> = Extract<Wire.ServerEvent, { readonly type: Type }>;
type Readers = {
  readonly [Type in ServerEventType]: (fields: Fields<WireOf<Type>>) => Omit<EventOf<Type>, 'type'>;
};
type WireItem = Wire.ConversationItemAdded['item'];

const MARK_NAMES = [
  'turn_confirmed',
  'transcript',
  'first_token',
  'first_clause',
  'first_audio',
  'played',
  'interrupted',
] as const;

const READERS: Readers = {
  'session.created': () => ({}),
  'conversation.created': (fields) => ({ conversation_id: fields.object('conversation').text('id') }),
  'session.updated': (fields) => ({
    character: fields.objectOrNull('session')?.objectOrNull('prompt')?.textOrNull('id') ?? null,
  }),
  error: (fields) => ({ error: readError(fields.object('error')) }),
  'input_audio_buffer.speech_started': (fields) => fields.texts('item_id'),
  'input_audio_buffer.speech_stopped': (fields) => fields.texts('item_id'),
  'input_audio_buffer.committed': (fields) => fields.texts('item_id'),
  'conversation.item.added': (fields) => ({ item: readItem(fields.object('item')) }),
  'conversation.item.done': (fields) => ({ item: readItem(fields.object('item')) }),
  'conversation.item.deleted': (fields) => fields.texts('item_id'),
  'conversation.item.input_audio_transcription.completed': (fields) => fields.texts('item_id', 'transcript'),
  'conversation.item.input_audio_transcription.failed': (fields) => ({
    item_id: fields.text('item_id'),
    error: readError(fields.object('error')),
  }),
  'response.created': (fields) => ({ response: readResponse(fields.object('response')) }),
  'response.done': (fields) => ({ response: readResponse(fields.object('response')) }),
  'response.output_item.added': (fields) => ({
    response_id: fields.text('response_id'),
    item: readItem(fields.object('item')),
  }),
  'response.mcp_call.in_progress': (fields) => fields.texts('item_id'),
  'response.mcp_call.completed': (fields) => fields.texts('item_id'),
  'response.mcp_call.failed': (fields) => fields.texts('item_id'),
  'response.output_text.delta': (fields) => fields.texts('response_id', 'item_id', 'delta'),
  'response.output_audio_transcript.delta': (fields) => fields.texts('response_id', 'item_id', 'delta'),
  'response.output_audio.done': (fields) => fields.texts('response_id', 'item_id'),
  'vivavoce.audio.stream': (fields) => ({
    ...fields.texts('response_id', 'item_id'),
    response_number: fields.count('response_number'),
    content_index: fields.count('content_index'),
    sample_rate_hz: fields.count('sample_rate_hz'),
  }),
  'vivavoce.output.segment': (fields) => ({
    ...fields.texts('response_id', 'item_id', 'text'),
    first_sample: fields.count('first_sample'),
    samples: fields.count('samples'),
  }),
  'vivavoce.playout.hold': (fields) => fields.texts('response_id', 'item_id'),
  'vivavoce.playout.resume': (fields) => fields.texts('response_id', 'item_id'),
  'vivavoce.playout.clear': (fields) => fields.texts('response_id', 'item_id'),
  'vivavoce.input.partial': (fields) => fields.texts('item_id', 'stable', 'unstable'),
  'vivavoce.expression': (fields) => ({
    ...fields.texts('response_id', 'item_id', 'expression'),
    first_sample: fields.count('first_sample'),
  }),
  'vivavoce.action': (fields) => ({
    ...fields.texts('response_id', 'item_id'),
    action: fields.oneOf('action', ['nod', 'shake', 'wave']),
    first_sample: fields.count('first_sample'),
  }),
  'vivavoce.visemes': (fields) => ({
    ...fields.texts('response_id', 'item_id'),
    first_sample: fields.count('first_sample'),
    samples: fields.count('samples'),
    visemes: fields.objects('visemes').map(readViseme),
  }),
  'vivavoce.memory.used': (fields) => ({
    response_id: fields.text('response_id'),
    memories: fields.objects('memories').map((memory) => memory.texts('id', 'text')),
  }),
  'vivavoce.recording': (fields) => ({ is_on: fields.flag('is_on') }),
  'vivavoce.turn.state': (fields) => ({
    state: fields.oneOf('state', ['idle', 'listening', 'processing', 'speaking', 'error']),
    reason: fields.textOrNull('reason') ?? '',
  }),
  'vivavoce.turn.timing': (fields) => ({
    response_id: fields.text('response_id'),
    marks: readMarks(fields.object('marks')),
  }),
  'vivavoce.service.status': (fields) => ({ components: fields.objects('components').map(readComponent) }),
};

/** Reads one text frame; never throws. */
export function parseServerEvent(text: string): ParsedEvent {
  try {
    const fields = new Fields<Wire.ServerEvent>(parseJson(text), 'event');
    const type = fields.text('type');
    if (!isKnown(type)) return { kind: 'ignored', type };
    // The reader was looked up by the very type it is joined with, which TypeScript cannot follow through a union.
    const read = READERS[type] as (fields: Fields<Wire.ServerEvent>) => object;
    return { kind: 'event', event: { type, ...read(fields) } as ServerEvent };
  } catch (error) {
    if (error instanceof MalformedEvent) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function isKnown(type: string): type is ServerEventType {
  return Object.hasOwn(READERS, type);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedEvent('the frame is not JSON');
  }
}

function readError(
  fields: Fields<Wire.ErrorDetail> | Fields<Wire.TranscriptionError> | Fields<Wire.ResponseError>,
): WireError {
  return { code: fields.textOrNull('code') ?? '', message: fields.textOrNull('message') ?? '' };
}

function readResponse(fields: Fields<Wire.Response>): ResponseHead {
  const error = fields.objectOrNull('status_details')?.objectOrNull('error') ?? null;
  return {
    id: fields.text('id'),
    status: fields.oneOf('status', ['in_progress', 'completed', 'cancelled', 'failed', 'incomplete']),
    error: error === null ? null : readError(error),
  };
}

function readItem(fields: Fields<WireItem>): Item {
  const id = fields.text('id');
  const kind = fields.text('type');
  switch (kind) {
    case 'message':
      return readMessage(id, fields.as(kind));
    case 'mcp_call':
      return readCall(id, fields.as(kind));
    case 'mcp_approval_request':
      return readRequest(id, fields.as(kind));
    case 'mcp_approval_response':
      return readAnswer(id, fields.as(kind));
    default:
      return { id, type: 'other', kind };
  }
}

function readMessage(id: string, fields: Fields<Wire.Message>): MessageItem {
  return {
    id,
    type: 'message',
    role: fields.oneOf('role', ['user', 'assistant', 'system']),
    status: readStatus(fields),
    content: fields.objects('content').flatMap(readPart),
  };
}

function readCall(id: string, fields: Fields<Wire.McpCall>): ToolCallItem {
  return { id, type: 'mcp_call', name: fields.text('name'), outcome: readOutcome(fields) };
}

function readRequest(id: string, fields: Fields<Wire.McpApprovalRequest>): ApprovalRequestItem {
  return { id, type: 'mcp_approval_request', name: fields.text('name'), arguments: fields.text('arguments') };
}

function readAnswer(id: string, fields: Fields<Wire.McpApprovalResponse>): ApprovalResponseItem {
  return {
    id,
    type: 'mcp_approval_response',
    approval_request_id: fields.text('approval_request_id'),
    approve: fields.flag('approve'),
  };
}

function readOutcome(fields: Fields<Wire.McpCall>): 'open' | 'done' | 'failed' {
  if (fields.objectOrNull('error') !== null) return 'failed';
  return fields.textOrNull('output') === null ? 'open' : 'done';
}

function readStatus(fields: Fields<Wire.Message>): ItemStatus {
  return fields.textOrNull('status') === null
    ? 'completed'
    : fields.oneOf('status', ['in_progress', 'completed', 'incomplete']);
}

/** Parts of a kind this page cannot show (images) read as none. */
function readPart(fields: Fields<Wire.Message['content'][number]>): readonly ContentPart[] {
  const type = fields.text('type');
  switch (type) {
    case 'input_text':
    case 'output_text':
      return [{ type, text: fields.as(type).text('text') }];
    case 'input_audio':
    case 'output_audio':
      return [{ type, transcript: fields.as(type).textOrNull('transcript') }];
    default:
      return [];
  }
}

function readMarks(fields: Fields<Wire.TurnMarks>): TurnMarks {
  const marks: Record<string, number> = {};
  for (const name of MARK_NAMES) {
    const value = fields.numberOrNull(name);
    if (value !== null) marks[name] = value;
  }
  return marks;
}

function readViseme(fields: Fields<Wire.Viseme>): VisemeMark {
  return {
    viseme: fields.oneOf('viseme', VISEME_NAMES),
    sample: fields.count('sample'),
    weight: fields.number('weight'),
  };
}

function readComponent(fields: Fields<Wire.ComponentStatus>): ServiceComponent {
  return {
    job: fields.oneOf('job', ['stt', 'llm', 'tts', 'vad', 'turn']),
    name: fields.text('name'),
    state: fields.oneOf('state', ['ready', 'loading', 'degraded', 'missing']),
    detail: fields.textOrNull('detail') ?? '',
    progress: fields.numberOrNull('progress'),
  };
}
