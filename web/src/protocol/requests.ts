/** The requests this page makes, spelled out: session settings, a typed message, a past turn told again. */
import type { ClientEvent, SemanticVad, SessionSettings } from './client-events.ts';

/** Sample rate of the audio in both directions. */
export const SAMPLE_RATE_HZ = 24_000;

/** What the user chose that the server has to know. */
export interface SessionWishes {
  /** Language the user speaks, as a two-letter code; `auto` for any, recognised anew at each turn. */
  readonly language: string;
  /** Id of the character to talk to; empty for the server's own choice. */
  readonly character: string;
  /** Name of a voice; empty for the character's own, null for what there is. */
  readonly voice: string | null;
  /** Speaking rate; 1 for the character's own. */
  readonly speed: number;
  /** How soon a pause counts as the end of the user's turn. */
  readonly eagerness: SemanticVad['eagerness'];
  /** Whether speaking cuts a reply short. */
  readonly bargeIn: boolean;
  /** True when the server decides where the user's turn ends; false when the user holds a button. */
  readonly handsFree: boolean;
  /** False when the page cannot play sound: replies then come as text. */
  readonly hasSound: boolean;
  /** How the microphone's sound is sent; as samples unless this says otherwise. */
  readonly encoding?: 'pcm' | 'webm';
}

/** What the server calls the character's own voice. */
const OWN_VOICE = 'default';

/** The settings asked for at the start and whenever one of them changes; instructions stay the server's own. */
export function sessionUpdate({
  language,
  character,
  voice,
  speed,
  eagerness,
  bargeIn,
  handsFree,
  hasSound,
  encoding,
}: SessionWishes): ClientEvent {
  const format = { type: 'audio/pcm', rate: SAMPLE_RATE_HZ } as const;
  const session: SessionSettings = {
    type: 'realtime',
    ...(character === '' ? {} : { prompt: { id: character } }),
    output_modalities: [hasSound ? 'audio' : 'text'],
    audio: {
      input: {
        format: encoding === 'webm' ? { type: 'audio/webm' } : format,
        transcription: { model: 'local', language },
        turn_detection: handsFree
          ? { type: 'semantic_vad', eagerness, create_response: true, interrupt_response: bargeIn }
          : null,
      },
      output: { format, ...(voice === null ? {} : { voice: voice === '' ? OWN_VOICE : voice }), speed },
    },
  };
  return { type: 'session.update', session };
}

/** Lets a tool that asked run, or not. */
export function approval(request: string, approve: boolean): ClientEvent {
  return {
    type: 'conversation.item.create',
    item: { type: 'mcp_approval_response', approval_request_id: request, approve },
  };
}

export function userText(id: string, text: string): ClientEvent {
  return pastTurn(id, 'user', text);
}

/** Tells a session of a turn it did not witness. */
export function pastTurn(id: string, role: 'user' | 'assistant', text: string): ClientEvent {
  const type = role === 'user' ? 'input_text' : 'output_text';
  return { type: 'conversation.item.create', item: { id, type: 'message', role, content: [{ type, text }] } };
}
