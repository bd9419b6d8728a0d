/** What a link needs of whatever carries it: WebSocket now, WebRTC later, a script in tests. */
import type { ClientEvent, InputAudio, OutputAudioFrame, ServerEvent } from '../protocol/index.ts';

/** Why a transport ended, as far as the page has to tell them apart. */
export type CloseCause =
  /** The server is not there, went away, or the network did. Trying again may help. */
  | 'gone'
  /** The server wants a key, or another one. Trying again unchanged will not help. */
  | 'unauthorised'
  /** The server is full and said so. */
  | 'capacity'
  /** The conversation goes on in another session, which would be ended by trying again. */
  | 'elsewhere'
  /** The server has no such conversation to go on with. */
  | 'unknown_conversation'
  /** The server has no such character to talk to. */
  | 'unknown_character'
  /** The server does not take this connection, and has said why. Trying again unchanged will not help. */
  | 'refused';

export interface TransportListener {
  onEvent: (event: ServerEvent) => void;
  onAudio: (frame: OutputAudioFrame) => void;
  /** Something arrived that is not the protocol; the transport goes on. */
  onMalformed: (reason: string) => void;
  /** Called once, last, and never after {@link Transport.close}. */
  onClose: (cause: CloseCause) => void;
}

/** One connection, from opening to closing. */
export interface Transport {
  /** Sends an event; before the connection is open and after it closed, the event is dropped. */
  send(event: ClientEvent): void;
  /** Sends microphone audio; returns false when it was dropped because the way is closed or congested. */
  sendAudio(audio: InputAudio): boolean;
  /** Whether audio would be sent now. */
  takesAudio(): boolean;
  /** Ends the connection and frees it; the listener hears nothing more. */
  close(): void;
}

/** Starts opening a connection at once. */
export type OpenTransport = (listener: TransportListener) => Transport;
