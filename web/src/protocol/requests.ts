/** The requests this page makes, spelled out: session settings, a typed message, a past turn told again. */
import type { ClientEvent, SessionSettings } from './client-events.ts';

/** Sample rate of the audio in both directions. */
export const SAMPLE_RATE_HZ = 24_000;

/** What the user chose that the server has to know. */
export interface SessionWishes {
  /** Language the user speaks, as a two-letter code. */
  readonly language: string;
  /** Id of the character to talk to; empty for the server's own choice. */
  readonly character: string;
  /** True when the server decides where the user's turn ends; false when the user holds a button. */
  readonly handsFree: boolean;
  /** False when the page cannot play sound: replies then come as text. */
  readonly hasSound: boolean;
}

/** The settings asked for at the start and whenever one of them changes; instructions stay the server's own. */
export function sessionUpdate({ language, character, handsFree, hasSound }: SessionWishes): ClientEvent {
  const format = { type: 'audio/pcm', rate: SAMPLE_RATE_HZ } as const;
  const session: SessionSettings = {
    type: 'realtime',
    ...(character === '' ? {} : { prompt: { id: character } }),
    output_modalities: [hasSound ? 'audio' : 'text'],
    audio: {
      input: {
        format,
        transcription: { model: 'local', language },
        turn_detection: handsFree
          ? { type: 'semantic_vad', eagerness: 'auto', create_response: true, interrupt_response: true }
          : null,
      },
      output: { format },
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
