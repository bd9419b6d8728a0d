/** The wire as the server declares it. Written by `make docs` from `schema.json`; do not edit. */

export type ClientEvent =
  | SessionUpdate
  | InputAudioBufferAppend
  | InputAudioBufferCommit
  | InputAudioBufferClear
  | ConversationItemCreate
  | ConversationItemRetrieve
  | ConversationItemDelete
  | ConversationItemTruncate
  | ResponseCreate
  | ResponseCancel
  | OutputAudioBufferClear
  | PlayoutReport;

export type ServerEvent =
  | SessionCreated
  | SessionUpdated
  | ConversationCreated
  | ConversationItemAdded
  | ConversationItemDone
  | ConversationItemRetrieved
  | ConversationItemDeleted
  | ConversationItemTruncated
  | InputAudioTranscriptionDelta
  | InputAudioTranscriptionCompleted
  | InputAudioTranscriptionFailed
  | InputAudioBufferCommitted
  | InputAudioBufferCleared
  | InputAudioBufferSpeechStarted
  | InputAudioBufferSpeechStopped
  | InputAudioBufferTimeoutTriggered
  | McpListToolsInProgress
  | McpListToolsCompleted
  | McpListToolsFailed
  | OutputAudioBufferStarted
  | OutputAudioBufferStopped
  | OutputAudioBufferCleared
  | RateLimitsUpdated
  | ErrorEvent
  | ResponseCreated
  | ResponseDone
  | ResponseOutputItemAdded
  | ResponseOutputItemDone
  | ResponseContentPartAdded
  | ResponseContentPartDone
  | ResponseOutputTextDelta
  | ResponseOutputTextDone
  | ResponseOutputAudioDelta
  | ResponseOutputAudioDone
  | ResponseOutputAudioTranscriptDelta
  | ResponseOutputAudioTranscriptDone
  | ResponseFunctionCallArgumentsDelta
  | ResponseFunctionCallArgumentsDone
  | ResponseMcpCallArgumentsDelta
  | ResponseMcpCallArgumentsDone
  | ResponseMcpCallInProgress
  | ResponseMcpCallCompleted
  | ResponseMcpCallFailed
  | AudioStream
  | OutputSegment
  | PlayoutClear
  | PlayoutHold
  | PlayoutResume
  | InputPartial
  | TurnState
  | TurnTiming
  | MemoriesUsed
  | Expression
  | Action
  | Visemes
  | RoomState
  | Recording
  | ServiceStatus;

/** A movement that the assistant makes once, here; sent just before the words that it goes with. */
export interface Action {
  type: 'vivavoce.action';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
  /** the movement */
  action: 'nod' | 'shake' | 'wave';
  /** index of the first sample within the item's audio */
  first_sample: number;
}
/**
 * What the server does with the audio it hears.
 *
 * Transcription and noise reduction are left out when off, because the published schema refuses null there; turn
 * detection is always told, because null is how manual turns are said.
 */
export interface AudioInput {
  format: PcmFormat | PcmuFormat | PcmaFormat | WebmFormat;
  turn_detection: (ServerVad | SemanticVad) | null;
  transcription?: Transcription | null;
  noise_reduction?: NoiseReduction | null;
}
/** 16-bit little-endian mono PCM; 24 kHz is the only rate the protocol knows. */
export interface PcmFormat {
  type: 'audio/pcm';
  rate?: 24000;
}
/** G.711 mu-law at 8 kHz. */
export interface PcmuFormat {
  type: 'audio/pcmu';
}
/** G.711 A-law at 8 kHz. */
export interface PcmaFormat {
  type: 'audio/pcma';
}
/**
 * Opus in WebM, in pieces as a browser's MediaRecorder makes them, cut anywhere; input only, not in OpenAI's API.
 *
 * The first piece has the file's header. A new file may begin at any time, and has to after a piece was lost.
 */
export interface WebmFormat {
  type: 'audio/webm';
}
/**
 * A turn ends after `silence_duration_ms` without speech.
 *
 * `create_response` and `interrupt_response` are always told: a client that does not see them cancels by itself.
 */
export interface ServerVad {
  type: 'server_vad';
  threshold?: number;
  prefix_padding_ms?: number;
  silence_duration_ms?: number;
  create_response?: boolean;
  interrupt_response?: boolean;
  idle_timeout_ms?: number | null;
}
/**
 * A turn ends when it seems finished; `eagerness` bounds the wait (low 4 s, medium and auto 2.5 s, high 1 s).
 */
export interface SemanticVad {
  type: 'semantic_vad';
  eagerness?: 'auto' | 'high' | 'low' | 'medium';
  create_response?: boolean;
  interrupt_response?: boolean;
}
/** How the user's speech is transcribed; any model name is taken, and served by the local recogniser. */
export interface Transcription {
  model?: string | null;
  language?: string | null;
  languages?: string[] | null;
  prompt?: string | null;
  keywords?: string[] | null;
  delay?: string | null;
}
/** Noise suppression before detection; `strength` 0..1. */
export interface NoiseReduction {
  type: 'far_field' | 'near_field';
  strength?: number;
}
/** Changes to `session.audio.input`. */
export interface AudioInputPatch {
  format?: (PcmFormat | PcmuFormat | PcmaFormat | WebmFormat) | null;
  transcription?: TranscriptionPatch | null;
  noise_reduction?: NoiseReductionPatch | null;
  turn_detection?: (ServerVadPatch | SemanticVadPatch) | null;
}
/** Changes to `Transcription`; null clears a field. */
export interface TranscriptionPatch {
  model?: string | null;
  language?: string | null;
  languages?: string[] | null;
  prompt?: string | null;
  keywords?: string[] | null;
  delay?: ('high' | 'low' | 'medium' | 'minimal' | 'xhigh') | null;
}
/** Changes to `NoiseReduction`; a strength left out keeps the one in force. */
export interface NoiseReductionPatch {
  type?: 'far_field' | 'near_field';
  strength?: number | null;
}
/**
 * `ServerVad` as a client writes it; what is absent or null takes its default.
 *
 * `model_version` is sent by the agents SDKs when asked to; there is one detector here, so it changes nothing.
 */
export interface ServerVadPatch {
  type: 'server_vad';
  threshold?: number | null;
  prefix_padding_ms?: number | null;
  silence_duration_ms?: number | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
  idle_timeout_ms?: number | null;
  model_version?: string | null;
}
/** `SemanticVad` as a client writes it; what is absent or null takes its default. */
export interface SemanticVadPatch {
  type: 'semantic_vad';
  eagerness?: ('auto' | 'high' | 'low' | 'medium') | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
  model_version?: string | null;
}
/** How the server speaks. */
export interface AudioOutput {
  format: PcmFormat | PcmuFormat | PcmaFormat;
  voice: string;
  speed: number;
}
/** Changes to `session.audio.output`. */
export interface AudioOutputPatch {
  format?: (PcmFormat | PcmuFormat | PcmaFormat) | null;
  voice?: string | VoiceReference | null;
  speed?: number | null;
}
/** A voice named by id, the other way in which the protocol names one. */
export interface VoiceReference {
  id: string;
}
/** A content part that is heard. */
export interface AudioPart {
  type: 'audio';
  transcript: string;
}
/** Binary audio of a response follows; sent before its first binary frame. */
export interface AudioStream {
  type: 'vivavoce.audio.stream';
  /** unique id of this event */
  event_id: string;
  /** the number in the headers of the frames */
  response_number: number;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
  /** the item's content part that is heard */
  content_index: number;
  /** samples a second */
  sample_rate_hz: number;
}
/** Input tokens that earlier turns had already prepared, by kind. */
export interface CachedTokenDetails {
  text_tokens?: number;
  audio_tokens?: number;
  image_tokens?: number;
}
/** Change the session's settings. */
export interface SessionUpdate {
  type: 'session.update';
  event_id?: string | null;
  session: SessionPatch;
}
/**
 * The `session` object of `session.update`.
 *
 * `id`, `object`, `expires_at` and `model` belong to the server: clients that send back what they were told may, and
 * nothing changes.
 */
export interface SessionPatch {
  type?: 'realtime';
  id?: string | null;
  object?: string | null;
  expires_at?: number | null;
  model?: string | null;
  output_modalities?: ('audio' | 'text')[] | null;
  instructions?: string | null;
  audio?: SessionAudioPatch | null;
  tools?: (FunctionTool | McpServerTool)[] | null;
  tool_choice?: ('auto' | 'none' | 'required') | (ToolChoiceFunction | ToolChoiceMcp) | null;
  parallel_tool_calls?: boolean | null;
  max_output_tokens?: number | 'inf' | null;
  truncation?: ('auto' | 'disabled') | RetentionRatio | null;
  tracing?: 'auto' | TracingOptions | null;
  include?: 'item.input_audio_transcription.logprobs'[] | null;
  prompt?: Prompt | null;
  reasoning?: Reasoning | null;
  vivavoce?: VivavocePatch | null;
}
/** Changes to `session.audio`. */
export interface SessionAudioPatch {
  input?: AudioInputPatch | null;
  output?: AudioOutputPatch | null;
}
/** A function that the client runs; `parameters` is a JSON schema. */
export interface FunctionTool {
  type: 'function';
  name: string;
  description?: string | null;
  parameters?: {} | null;
}
/** The tools of an MCP server, called by this server; `headers` and `authorization` are secrets. */
export interface McpServerTool {
  type: 'mcp';
  server_label: string;
  server_url?: string | null;
  connector_id?: string | null;
  tunnel_id?: string | null;
  server_description?: string | null;
  headers?: {
    [k: string]: string;
  } | null;
  authorization?: string | null;
  allowed_tools?: string[] | McpToolFilter | null;
  allowed_callers?: ('direct' | 'programmatic')[] | null;
  require_approval?: ('always' | 'never') | McpApprovalFilter | null;
  defer_loading?: boolean | null;
}
/** Which of an MCP server's tools are meant. */
export interface McpToolFilter {
  tool_names?: string[] | null;
  read_only?: boolean | null;
}
/** Which of an MCP server's tools need approval, and which never do. */
export interface McpApprovalFilter {
  always?: McpToolFilter | null;
  never?: McpToolFilter | null;
}
/** The model must call this function. */
export interface ToolChoiceFunction {
  type: 'function';
  name: string;
}
/** The model must call this MCP server, or this tool of it. */
export interface ToolChoiceMcp {
  type: 'mcp';
  server_label: string;
  name?: string | null;
}
/** Drop old messages until this share (0..1) of the allowed tokens is used. */
export interface RetentionRatio {
  type: 'retention_ratio';
  retention_ratio: number;
  token_limits?: TokenLimits | null;
}
/** Bounds on the conversation's tokens after the instructions. */
export interface TokenLimits {
  post_instructions?: number | null;
}
/** How a trace of the session is labelled. */
export interface TracingOptions {
  workflow_name?: string | null;
  group_id?: string | null;
  metadata?: {} | null;
}
/** A stored prompt and the values to fill in. */
export interface Prompt {
  id: string;
  version?: string | null;
  variables?: {} | null;
}
/** How hard a reasoning model thinks. */
export interface Reasoning {
  effort?: ('high' | 'low' | 'medium' | 'minimal' | 'xhigh') | null;
}
/** Changes to `session.vivavoce`; what a later version adds is ignored. */
export interface VivavocePatch {
  language?: string | null;
}
/** More of what the microphone hears; raw bytes here, base64 on the wire. Never acknowledged. */
export interface InputAudioBufferAppend {
  type: 'input_audio_buffer.append';
  event_id?: string | null;
  audio: string;
}
/** The user's turn ends here. */
export interface InputAudioBufferCommit {
  type: 'input_audio_buffer.commit';
  event_id?: string | null;
}
/** Forget the audio that was not committed. */
export interface InputAudioBufferClear {
  type: 'input_audio_buffer.clear';
  event_id?: string | null;
}
/**
 * Put an item into the conversation; `previous_item_id` is `root` for the first place, absent for the last.
 */
export interface ConversationItemCreate {
  type: 'conversation.item.create';
  event_id?: string | null;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
  previous_item_id?: string | null;
}
/** One message of the user, the assistant or the system. */
export interface Message {
  type: 'message';
  id?: string | null;
  status?: ('completed' | 'in_progress' | 'incomplete') | null;
  object?: 'realtime.item' | null;
  role: 'assistant' | 'system' | 'user';
  content: (InputText | InputAudio | InputImage | OutputText | OutputAudio)[];
}
/** Words the user wrote, or the system says. */
export interface InputText {
  type: 'input_text';
  text: string;
}
/**
 * What the user said; `audio` is raw bytes here and base64 on the wire, `transcript` null until it is known.
 */
export interface InputAudio {
  type: 'input_audio';
  audio?: string | null;
  transcript?: string | null;
}
/** A PNG or JPEG as a data URI. */
export interface InputImage {
  type: 'input_image';
  image_url: string;
  detail?: ('auto' | 'high' | 'low') | null;
}
/** Words the assistant wrote. */
export interface OutputText {
  type: 'output_text';
  text: string;
}
/** What the assistant said; `audio` is raw bytes here and base64 on the wire. */
export interface OutputAudio {
  type: 'output_audio';
  audio?: string | null;
  transcript?: string | null;
}
/** The model calls a function; `arguments` is JSON in a string. */
export interface FunctionCall {
  type: 'function_call';
  id?: string | null;
  status?: ('completed' | 'in_progress' | 'incomplete') | null;
  object?: 'realtime.item' | null;
  name: string;
  arguments: string;
  call_id?: string | null;
}
/** What the client's function answered. */
export interface FunctionCallOutput {
  type: 'function_call_output';
  id?: string | null;
  status?: ('completed' | 'in_progress' | 'incomplete') | null;
  object?: 'realtime.item' | null;
  call_id: string;
  output: string;
}
/** The tools that an MCP server offers. */
export interface McpListTools {
  type: 'mcp_list_tools';
  id?: string | null;
  server_label: string;
  tools: McpToolListing[];
}
/** One tool that an MCP server offers. */
export interface McpToolListing {
  name: string;
  input_schema: unknown;
  description?: string | null;
  annotations?: {
    [k: string]: unknown;
  };
}
/** A call of a tool on an MCP server, and how it ended. */
export interface McpCall {
  type: 'mcp_call';
  id?: string | null;
  server_label: string;
  name: string;
  arguments: string;
  approval_request_id?: string | null;
  output?: string | null;
  error?: (McpProtocolError | McpToolExecutionError | McpHttpError) | null;
}
/** The MCP server broke its protocol. */
export interface McpProtocolError {
  type: 'protocol_error';
  code: number;
  message: string;
}
/** The tool itself failed. */
export interface McpToolExecutionError {
  type: 'tool_execution_error';
  message: string;
}
/** The MCP server could not be reached. */
export interface McpHttpError {
  type: 'http_error';
  code: number;
  message: string;
}
/** A call of an MCP tool that waits for a person's consent. */
export interface McpApprovalRequest {
  type: 'mcp_approval_request';
  id?: string | null;
  server_label: string;
  name: string;
  arguments: string;
}
/** The person's answer; agents-js sends it without an id of its own. */
export interface McpApprovalResponse {
  type: 'mcp_approval_response';
  id?: string | null;
  approval_request_id: string;
  approve: boolean;
  reason?: string | null;
}
/** Tell an item, with its audio. */
export interface ConversationItemRetrieve {
  type: 'conversation.item.retrieve';
  event_id?: string | null;
  item_id: string;
}
/** Take an item out of the conversation. */
export interface ConversationItemDelete {
  type: 'conversation.item.delete';
  event_id?: string | null;
  item_id: string;
}
/** The user heard only the first `audio_end_ms` of this assistant item. */
export interface ConversationItemTruncate {
  type: 'conversation.item.truncate';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}
/** Answer now. */
export interface ResponseCreate {
  type: 'response.create';
  event_id?: string | null;
  response?: ResponseRequest | null;
}
/**
 * What one response is to do otherwise than the session says.
 *
 * `input` replaces the conversation as context, `[]` empties it; `conversation` none keeps the response out of the
 * conversation.
 */
export interface ResponseRequest {
  audio?: ResponseAudioRequest | null;
  conversation?: ('auto' | 'none') | null;
  input?:
    | (
        | Message
        | FunctionCall
        | FunctionCallOutput
        | McpListTools
        | McpCall
        | McpApprovalRequest
        | McpApprovalResponse
        | ItemReference
      )[]
    | null;
  instructions?: string | null;
  max_output_tokens?: number | 'inf' | null;
  metadata?: {
    [k: string]: string;
  } | null;
  output_modalities?: ('audio' | 'text')[] | null;
  parallel_tool_calls?: boolean | null;
  prompt?: Prompt | null;
  reasoning?: Reasoning | null;
  tool_choice?: ('auto' | 'none' | 'required') | (ToolChoiceFunction | ToolChoiceMcp) | null;
  tools?: (FunctionTool | McpServerTool)[] | null;
}
/** Audio settings of this one response. */
export interface ResponseAudioRequest {
  output?: ResponseAudioOutputRequest | null;
}
/** How this one response sounds. */
export interface ResponseAudioOutputRequest {
  format?: (PcmFormat | PcmuFormat | PcmaFormat) | null;
  voice?: string | VoiceReference | null;
}
/** An item of this session, named in the input of one response. */
export interface ItemReference {
  type: 'item_reference';
  id: string;
}
/**
 * Stop answering; without `response_id` the response of the default conversation, or the server's tools at work.
 */
export interface ResponseCancel {
  type: 'response.cancel';
  event_id?: string | null;
  response_id?: string | null;
}
/** Stop the sound; only where the server owns the output buffer (WebRTC, SIP). */
export interface OutputAudioBufferClear {
  type: 'output_audio_buffer.clear';
  event_id?: string | null;
}
/** How much of an item has been played: every 250 ms while playing, and at every stop, clear and end. */
export interface PlayoutReport {
  type: 'vivavoce.playout.report';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  /** samples of the item's audio that reached the speaker */
  played_samples: number;
  /** samples received and not yet played */
  buffered_samples: number;
}
/** How one part of the service is. */
export interface ComponentStatus {
  /** what it does */
  job: 'llm' | 'stt' | 'tts' | 'turn' | 'vad';
  /** the model or engine */
  name: string;
  /** whether it can be used */
  state: 'degraded' | 'loading' | 'missing' | 'ready';
  /** one plain sentence; empty when there is nothing to say */
  detail: string;
  /** 0..1 while loading, null otherwise */
  progress: number | null;
}
/** The default conversation. */
export interface Conversation {
  id: string;
  object?: 'realtime.conversation';
}
/** The session has its conversation. */
export interface ConversationCreated {
  type: 'conversation.created';
  event_id: string;
  conversation: Conversation;
}
/** An item is in the conversation, after `previous_item_id`; null means first. */
export interface ConversationItemAdded {
  type: 'conversation.item.added';
  event_id: string;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
  previous_item_id?: string | null;
}
/** An item has left the conversation. */
export interface ConversationItemDeleted {
  type: 'conversation.item.deleted';
  event_id: string;
  item_id: string;
}
/** An item of the conversation is final. */
export interface ConversationItemDone {
  type: 'conversation.item.done';
  event_id: string;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
  previous_item_id?: string | null;
}
/** The item asked for, with its audio. */
export interface ConversationItemRetrieved {
  type: 'conversation.item.retrieved';
  event_id: string;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
}
/** An assistant item was cut to what the user heard. */
export interface ConversationItemTruncated {
  type: 'conversation.item.truncated';
  event_id: string;
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}
/** What went wrong; `event_id` is the client's own id of the event at fault. */
export interface ErrorDetail {
  type: string;
  code: string | null;
  message: string;
  param?: string | null;
  event_id?: string | null;
}
/** Something went wrong; unless the connection closes, the session goes on. */
export interface ErrorEvent {
  type: 'error';
  event_id: string;
  error: ErrorDetail;
}
/** What the assistant's face shows from here on; sent just before the words that it goes with. */
export interface Expression {
  type: 'vivavoce.expression';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
  /** one of the character's expressions, such as `joy` */
  expression: string;
  /** index of the first sample within the item's audio */
  first_sample: number;
}
/** The buffered audio is forgotten. */
export interface InputAudioBufferCleared {
  type: 'input_audio_buffer.cleared';
  event_id: string;
}
/** The buffered audio is now a user item, after `previous_item_id`. */
export interface InputAudioBufferCommitted {
  type: 'input_audio_buffer.committed';
  event_id: string;
  item_id: string;
  previous_item_id?: string | null;
}
/** Someone speaks; milliseconds of audio written since the session began, prefix padding included. */
export interface InputAudioBufferSpeechStarted {
  type: 'input_audio_buffer.speech_started';
  event_id: string;
  item_id: string;
  audio_start_ms: number;
}
/** The turn is over; milliseconds of audio written since the session began, the silence included. */
export interface InputAudioBufferSpeechStopped {
  type: 'input_audio_buffer.speech_stopped';
  event_id: string;
  item_id: string;
  audio_end_ms: number;
}
/** Nobody spoke for as long as `idle_timeout_ms`; the silence from start to end is committed. */
export interface InputAudioBufferTimeoutTriggered {
  type: 'input_audio_buffer.timeout_triggered';
  event_id: string;
  item_id: string;
  audio_start_ms: number;
  audio_end_ms: number;
}
/** All the words the user said; may come at any time after the item was committed. */
export interface InputAudioTranscriptionCompleted {
  type: 'conversation.item.input_audio_transcription.completed';
  event_id: string;
  item_id: string;
  content_index: number;
  transcript: string;
  usage: UsageDuration | UsageTokens;
  languages?: SpokenLanguage[] | null;
}
/** Transcription counted by the audio's length. */
export interface UsageDuration {
  type: 'duration';
  seconds: number;
}
/** Transcription counted by tokens; agents-js refuses it without the details. */
export interface UsageTokens {
  type: 'tokens';
  total_tokens: number;
  input_tokens: number;
  output_tokens: number;
  input_token_details: UsageTokensInputDetails;
}
/** Input tokens of a transcription, by kind. */
export interface UsageTokensInputDetails {
  text_tokens: number;
  audio_tokens: number;
}
/** A language heard, as an ISO 639-1 code. */
export interface SpokenLanguage {
  code: string;
}
/** More of the words the user said. */
export interface InputAudioTranscriptionDelta {
  type: 'conversation.item.input_audio_transcription.delta';
  event_id: string;
  item_id: string;
  delta: string;
  content_index?: number;
}
/** The user's words could not be made out. */
export interface InputAudioTranscriptionFailed {
  type: 'conversation.item.input_audio_transcription.failed';
  event_id: string;
  item_id: string;
  content_index: number;
  error: TranscriptionError;
}
/** Why speech could not be transcribed. */
export interface TranscriptionError {
  type: string;
  message: string;
  code?: string | null;
  param?: string | null;
}
/** The user's words so far. */
export interface InputPartial {
  type: 'vivavoce.input.partial';
  /** unique id of this event */
  event_id: string;
  /** the user item that will hold the words */
  item_id: string;
  /** the beginning, which will not change any more */
  stable: string;
  /** the rest, which may change */
  unstable: string;
}
/** Input tokens by kind; the cached ones are among them. */
export interface InputTokenDetails {
  text_tokens?: number;
  audio_tokens?: number;
  image_tokens?: number;
  cached_tokens?: number;
  cached_tokens_details?: CachedTokenDetails1;
}
/** Input tokens that earlier turns had already prepared, by kind. */
export interface CachedTokenDetails1 {
  text_tokens?: number;
  audio_tokens?: number;
  image_tokens?: number;
}
/** An MCP server's tools are known, and may be called. */
export interface McpListToolsCompleted {
  type: 'mcp_list_tools.completed';
  event_id: string;
  item_id: string;
}
/** An MCP server could not be asked; its item stays empty. */
export interface McpListToolsFailed {
  type: 'mcp_list_tools.failed';
  event_id: string;
  item_id: string;
}
/** An MCP server is being asked for its tools. */
export interface McpListToolsInProgress {
  type: 'mcp_list_tools.in_progress';
  event_id: string;
  item_id: string;
}
/** What a reply rests on of what is remembered of the user; sent before its words. */
export interface MemoriesUsed {
  type: 'vivavoce.memory.used';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** what was used, the most fitting first */
  memories: Memory[];
}
/** One thing that is remembered of the user. */
export interface Memory {
  /** its id at `/v1/memories` */
  id: string;
  /** what is remembered, as a sentence */
  text: string;
}
/** The server's output buffer was dropped (WebRTC and SIP). */
export interface OutputAudioBufferCleared {
  type: 'output_audio_buffer.cleared';
  event_id: string;
  response_id: string;
}
/** The server's output buffer begins to play (WebRTC and SIP). */
export interface OutputAudioBufferStarted {
  type: 'output_audio_buffer.started';
  event_id: string;
  response_id: string;
}
/** The server's output buffer has run empty (WebRTC and SIP). */
export interface OutputAudioBufferStopped {
  type: 'output_audio_buffer.stopped';
  event_id: string;
  response_id: string;
}
/**
 * The words of the audio that follows: one event a clause, so that text is shown in time with the sound.
 */
export interface OutputSegment {
  type: 'vivavoce.output.segment';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
  /** index of the first sample within the item's audio */
  first_sample: number;
  /** how many samples the words last */
  samples: number;
  /** the words */
  text: string;
}
/** Output tokens by kind. */
export interface OutputTokenDetails {
  text_tokens?: number;
  audio_tokens?: number;
}
/** Drop everything queued for this response, now; the client answers with a `vivavoce.playout.report`. */
export interface PlayoutClear {
  type: 'vivavoce.playout.clear';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
}
/**
 * Fall silent now, and keep what is queued for this response and what still comes of it.
 *
 * The user may be interrupting. `vivavoce.playout.resume` or `vivavoce.playout.clear` follows. The client answers with
 * a `vivavoce.playout.report` of where it stopped.
 */
export interface PlayoutHold {
  type: 'vivavoce.playout.hold';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
}
/**
 * Nobody meant to interrupt: go on from the sample where it stopped; answered with a `vivavoce.playout.report`.
 */
export interface PlayoutResume {
  type: 'vivavoce.playout.resume';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
}
/** One limit and what is left of it. */
export interface RateLimit {
  name: 'requests' | 'tokens';
  limit: number;
  remaining: number;
  reset_seconds: number;
}
/** What is left of the limits after a response. */
export interface RateLimitsUpdated {
  type: 'rate_limits.updated';
  event_id: string;
  rate_limits: RateLimit[];
}
/**
 * Whether the sound of this conversation is kept; sent at the start where it is, and when that changes.
 */
export interface Recording {
  type: 'vivavoce.recording';
  /** unique id of this event */
  event_id: string;
  /** whether what is said from here on is kept as sound */
  is_on: boolean;
}
/**
 * A response, as its first and last events tell it.
 *
 * What is not known yet is left out, because the published schema refuses null for it; so is `conversation_id` of a
 * response outside the conversation.
 */
export interface Response {
  id: string;
  status: 'cancelled' | 'completed' | 'failed' | 'in_progress' | 'incomplete';
  output: (
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse
  )[];
  object?: 'realtime.response';
  status_details?: StatusDetails | null;
  conversation_id?: string | null;
  output_modalities?: ('audio' | 'text')[] | null;
  max_output_tokens?: number | 'inf' | null;
  audio?: ResponseAudio | null;
  usage?: Usage | null;
  metadata?: {
    [k: string]: string;
  } | null;
}
/** Why a response ended as it did. */
export interface StatusDetails {
  type: 'cancelled' | 'completed' | 'failed' | 'incomplete';
  reason?: ('client_cancelled' | 'content_filter' | 'max_output_tokens' | 'turn_detected') | null;
  error?: ResponseError | null;
}
/** Why a response failed. */
export interface ResponseError {
  type: string;
  code?: string | null;
  message?: string | null;
}
/** Audio settings of a response. */
export interface ResponseAudio {
  output: ResponseAudioOutput;
}
/** How a response sounded. */
export interface ResponseAudioOutput {
  format: PcmFormat | PcmuFormat | PcmaFormat;
  voice: string;
}
/** Tokens that a response took. */
export interface Usage {
  total_tokens: number;
  input_tokens: number;
  output_tokens: number;
  input_token_details?: InputTokenDetails1;
  output_token_details?: OutputTokenDetails1;
}
/** Input tokens by kind; the cached ones are among them. */
export interface InputTokenDetails1 {
  text_tokens?: number;
  audio_tokens?: number;
  image_tokens?: number;
  cached_tokens?: number;
  cached_tokens_details?: CachedTokenDetails1;
}
/** Output tokens by kind. */
export interface OutputTokenDetails1 {
  text_tokens?: number;
  audio_tokens?: number;
}
/** An item has a new part. */
export interface ResponseContentPartAdded {
  type: 'response.content_part.added';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  part: TextPart | AudioPart;
}
/** A content part that is read. */
export interface TextPart {
  type: 'text';
  text: string;
}
/** Nothing more will come for a part. */
export interface ResponseContentPartDone {
  type: 'response.content_part.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  part: TextPart | AudioPart;
}
/** A response has begun. */
export interface ResponseCreated {
  type: 'response.created';
  event_id: string;
  response: Response;
}
/** A response has ended; its status says how. */
export interface ResponseDone {
  type: 'response.done';
  event_id: string;
  response: Response;
}
/** More of a function call's JSON arguments. */
export interface ResponseFunctionCallArgumentsDelta {
  type: 'response.function_call_arguments.delta';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  call_id: string;
  delta: string;
}
/** A function call is complete; the client runs it. */
export interface ResponseFunctionCallArgumentsDone {
  type: 'response.function_call_arguments.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  call_id: string;
  name: string;
  arguments: string;
}
/** More of the JSON arguments of a call that this server makes. */
export interface ResponseMcpCallArgumentsDelta {
  type: 'response.mcp_call_arguments.delta';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  delta: string;
}
/** The arguments of a call are complete; this server makes it. */
export interface ResponseMcpCallArgumentsDone {
  type: 'response.mcp_call_arguments.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  arguments: string;
}
/** A tool has answered; the item that follows holds its output. */
export interface ResponseMcpCallCompleted {
  type: 'response.mcp_call.completed';
  event_id: string;
  item_id: string;
  output_index: number;
}
/** A tool has failed; the item that follows says why. */
export interface ResponseMcpCallFailed {
  type: 'response.mcp_call.failed';
  event_id: string;
  item_id: string;
  output_index: number;
}
/** A tool is at work; it may be so after its response is done. */
export interface ResponseMcpCallInProgress {
  type: 'response.mcp_call.in_progress';
  event_id: string;
  item_id: string;
  output_index: number;
}
/** More sound; raw bytes here, written as base64 straight into the message. */
export interface ResponseOutputAudioDelta {
  type: 'response.output_audio.delta';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  delta: string;
}
/** No more sound. */
export interface ResponseOutputAudioDone {
  type: 'response.output_audio.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
}
/** More of the words being spoken. */
export interface ResponseOutputAudioTranscriptDelta {
  type: 'response.output_audio_transcript.delta';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  delta: string;
}
/** All the words spoken. */
export interface ResponseOutputAudioTranscriptDone {
  type: 'response.output_audio_transcript.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  transcript: string;
}
/** The response has a new item. */
export interface ResponseOutputItemAdded {
  type: 'response.output_item.added';
  event_id: string;
  response_id: string;
  output_index: number;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
}
/** Nothing more will come for an item. */
export interface ResponseOutputItemDone {
  type: 'response.output_item.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item:
    | Message
    | FunctionCall
    | FunctionCallOutput
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse;
}
/** More text. */
export interface ResponseOutputTextDelta {
  type: 'response.output_text.delta';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  delta: string;
}
/** The whole text. */
export interface ResponseOutputTextDone {
  type: 'response.output_text.done';
  event_id: string;
  response_id: string;
  output_index: number;
  item_id: string;
  content_index: number;
  text: string;
}
/**
 * Who is in a room that several share, and who is heard; at the start, and within 100 ms of every change.
 */
export interface RoomState {
  type: 'vivavoce.room.state';
  /** unique id of this event */
  event_id: string;
  /** the room's name */
  room: string;
  /** what the others call this client */
  name: string;
  /** what this client may do */
  role: 'host' | 'speaker' | 'viewer';
  /** whose microphone is heard; null while anyone may begin */
  speaker: string | null;
  /** lines that wait for an answer */
  waiting: number;
  /** lines that too many others waited before, so far */
  dropped: number;
  /** how many are in the room */
  viewers: number;
}
/** The first event of a connection: the settings in force. Pass the session through `to_wire` first. */
export interface SessionCreated {
  type: 'session.created';
  event_id: string;
  session: SessionConfig;
}
/** A session's settings in force, as `session.created` and `session.updated` tell them. */
export interface SessionConfig {
  type: 'realtime';
  id: string;
  model: string;
  /**
   * @minItems 1
   * @maxItems 1
   */
  output_modalities: ('audio' | 'text')[];
  instructions: string;
  audio: SessionAudio;
  tools: (FunctionTool | McpServerTool)[];
  tool_choice: ('auto' | 'none' | 'required') | (ToolChoiceFunction | ToolChoiceMcp);
  max_output_tokens: number | 'inf';
  truncation: ('auto' | 'disabled') | RetentionRatio;
  object?: 'realtime.session';
  expires_at?: number | null;
  parallel_tool_calls?: boolean | null;
  tracing?: 'auto' | TracingOptions | null;
  include?: 'item.input_audio_transcription.logprobs'[] | null;
  prompt?: Prompt | null;
  reasoning?: Reasoning | null;
  vivavoce?: VivavoceOptions | null;
}
/** Both directions of audio. */
export interface SessionAudio {
  input: AudioInput;
  output: AudioOutput;
}
/** Settings that Realtime lacks: the language of the conversation, `auto` or an ISO 639 code. */
export interface VivavoceOptions {
  language: string;
}
/** The settings in force after an update. Pass the session through `to_wire` first. */
export interface SessionUpdated {
  type: 'session.updated';
  event_id: string;
  session: SessionConfig;
}
/** What the conversation is doing. */
export interface TurnState {
  type: 'vivavoce.turn.state';
  /** unique id of this event */
  event_id: string;
  /** the state entered */
  state: 'error' | 'idle' | 'listening' | 'processing' | 'speaking';
  /** what led to it, as a lower_snake word */
  reason: string;
}
/** The waterfall of one turn. */
export interface TurnTiming {
  type: 'vivavoce.turn.timing';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the user item answered; null when no speech was */
  item_id: string | null;
  marks: TurnMarks;
}
/** when each step happened */
export interface TurnMarks {
  turn_confirmed?: number | null;
  transcript?: number | null;
  first_token?: number | null;
  first_clause?: number | null;
  first_audio?: number | null;
  played?: number | null;
  interrupted?: number | null;
}
/**
 * The shapes of the mouth in the audio that follows; one event for every piece of it, before the piece.
 *
 * They lie within `samples` samples from `first_sample` on, at the rate of the item's audio; the last one lasts to
 * their end. Audio without this event has no timeline: an avatar goes by its loudness there.
 */
export interface Visemes {
  type: 'vivavoce.visemes';
  /** unique id of this event */
  event_id: string;
  /** the response this belongs to */
  response_id: string;
  /** the item this belongs to */
  item_id: string;
  /** index of the first sample within the item's audio */
  first_sample: number;
  /** how many samples they cover */
  samples: number;
  /** the shapes, in order */
  visemes: Viseme[];
}
/** A shape of the mouth, until the next one begins. */
export interface Viseme {
  /** the shape, by its name in the Oculus OVR LipSync set */
  viseme: 'CH' | 'DD' | 'E' | 'FF' | 'I' | 'O' | 'PP' | 'RR' | 'SS' | 'TH' | 'U' | 'aa' | 'kk' | 'nn' | 'sil';
  /** index of the sample within the item's audio at which it begins */
  sample: number;
  /** how marked it is */
  weight: number;
}
/** How the service is; sent at the start and whenever it changes. */
export interface ServiceStatus {
  type: 'vivavoce.service.status';
  /** unique id of this event */
  event_id: string;
  /** every part of the service */
  components: ComponentStatus[];
}
/** When each step of a turn happened; a step that did not happen is left out. */
export interface TurnMarks1 {
  turn_confirmed?: number | null;
  transcript?: number | null;
  first_token?: number | null;
  first_clause?: number | null;
  first_audio?: number | null;
  played?: number | null;
  interrupted?: number | null;
}
