/** The shape of the state. */
import type { Memory, ServiceComponent, TurnMarks, WireTurnState } from '../protocol/index.ts';
import { NO_DEVICES } from './devices.ts';
import type { SoundDevices } from './devices.ts';

export type Speaker = 'user' | 'assistant';
export type Mode = 'hands-free' | 'push-to-talk';
export type Language = 'en' | 'zh';
export type Theme = 'system' | 'light' | 'dark';
/** `reduced`: nothing moves that need not, whatever the system says. */
export type Motion = 'system' | 'reduced';
/** What the user speaks: `page`, as the page is read; `auto`, any language, recognised anew at each turn. */
export type SpeechLanguage = 'page' | 'auto' | Language;
/** How soon a pause counts as the end of the user's turn. */
export type Eagerness = 'low' | 'auto' | 'high';
export type Face = 'head' | 'vrm' | 'flat' | 'none';

/** A clause of a reply, and the samples of the reply's audio in which it is spoken. */
export interface Segment {
  readonly firstSample: number;
  readonly samples: number;
  readonly text: string;
}

/** One thing said or typed, by either side. */
export interface Utterance {
  /** Identity on this page; never changes and never repeats. */
  readonly key: number;
  /** Identity in the conversation, the server's too; a conversation that begins anew gives new ones. */
  readonly id: string;
  readonly speaker: Speaker;
  readonly source: 'voice' | 'text';
  /**
   * `pending`: typed, not sent yet. `live`: words or sound still come. `interrupted`: its end was not heard.
   * `failed`: it could not be understood, or the reply broke off.
   */
  readonly status: 'pending' | 'live' | 'done' | 'interrupted' | 'failed';
  /** All its words as known so far. */
  readonly text: string;
  /** Words known not to have been heard, of an utterance from an earlier visit; others compute them. */
  readonly unheard: string;
  /** `expected`: will be spoken, no sound yet. `sounding`: has sound. */
  readonly voice: 'none' | 'expected' | 'sounding';
  readonly segments: readonly Segment[];
  /** Samples of its audio played. */
  readonly playedSamples: number;
  /** Its sound keeps its place in silence, because the user may be interrupting. */
  readonly isHeld: boolean;
  /**
   * Whether the user said it beside a reply that went on ("mm-hm"), which makes it no turn of its own: `perhaps` while
   * the reply is on hold.
   */
  readonly aside: 'no' | 'perhaps' | 'yes';
  readonly responseId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly timing: TurnMarks | null;
}

/** A tool the assistant uses. */
export interface ToolUse {
  /** Its place among the utterances: their keys and these grow together. */
  readonly key: number;
  readonly id: string;
  readonly name: string;
  /** `asking`: it waits for the user's consent. `declined`: the user gave none. */
  readonly status: 'asking' | 'declined' | 'running' | 'done' | 'failed';
  /** What it is called with, as JSON; known of those that ask. */
  readonly given: string;
}

/** Someone to talk to. */
export interface Character {
  readonly id: string;
  readonly name: string;
  /** The name by language. */
  readonly names: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
  /** Whether sessions that name nobody have them. */
  readonly isDefault?: boolean;
}

export type ConnectionState =
  | { readonly kind: 'offline' | 'connecting' | 'online' | 'failed' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly limit: number }
  | { readonly kind: 'refused'; readonly cause: 'unauthorised' | 'capacity' | 'elsewhere' | 'refused' };

export type ProblemCode =
  | 'no_microphone'
  | 'permission_denied'
  | 'microphone_busy'
  | 'microphone_lost'
  | 'microphone_away'
  | 'microphone_refused'
  | 'speaker_away'
  | 'insecure_origin'
  | 'unsupported_browser'
  | 'audio_blocked'
  | 'no_sound'
  | 'server_gone'
  | 'gave_up'
  | 'unauthorised'
  | 'capacity'
  | 'elsewhere'
  | 'refused'
  | 'character_gone'
  | 'model_missing'
  | 'reply_failed'
  | 'server_error'
  | 'page_error';

/** Something the user should know, and mostly can do something about. */
export interface Problem {
  readonly code: ProblemCode;
  /** The server's or browser's own words; empty when the page's words say it all. */
  readonly detail: string;
}

/** What the user chose and wants kept. */
export interface Preferences {
  readonly mode: Mode;
  /** What the page is read in. */
  readonly language: Language;
  readonly speech: SpeechLanguage;
  /** Id of a character; empty for the server's own choice. */
  readonly character: string;
  /** Name of a voice; empty for the character's own. */
  readonly voice: string;
  /** Speaking rate, 0.5 to 1.5; 1 for the character's own. */
  readonly speed: number;
  readonly eagerness: Eagerness;
  /** Whether speaking cuts a reply short. */
  readonly bargeIn: boolean;
  /** Whether the character speaks first in a new conversation. */
  readonly greeting: boolean;
  readonly face: Face;
  readonly theme: Theme;
  readonly motion: Motion;
  /** Identities of the devices to use, as this browser tells them; empty for the system's default. */
  readonly microphone: string;
  readonly speaker: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGain: boolean;
  /** How sound is drawn. */
  readonly visualiser: VisualiserMode;
}

export type VisualiserMode = 'waveform' | 'spectrum';

/**
 * Why the user is not heard well. `blocked`: the system or a switch on the device keeps it silent. `nothing`: not even
 * noise comes. `faint`: next to nothing comes. `wordless`: sound comes, and the server finds no speech in it.
 * `clipping`: it is too loud.
 */
export type HearingTrouble = 'blocked' | 'nothing' | 'faint' | 'wordless' | 'clipping';

export interface ConversationState {
  /** What the user asked for: `running` from the devices being open until stop. */
  readonly phase: 'stopped' | 'starting' | 'running';
  readonly connection: ConnectionState;
  /** The server's word on whose turn it is. */
  readonly turn: WireTurnState;
  /** The conversation of the server's that the utterances belong to; null while the server knows of none. */
  readonly conversationId: string | null;
  readonly utterances: readonly Utterance[];
  readonly nextKey: number;
  /** Utterances from this key on belong to the conversation since the last start. */
  readonly runStart: number;
  /** What the user is saying; `stable` will not change any more. */
  readonly partial: { readonly id: string; readonly stable: string; readonly unstable: string } | null;
  readonly tools: readonly ToolUse[];
  /** What replies rest on of what is remembered of the user, by response. */
  readonly memories: Readonly<Record<string, readonly Memory[]>>;
  /** What the assistant's face shows, and from which sample of which item on. */
  readonly expression: {
    readonly name: string;
    readonly item: string;
    readonly firstSample: number;
  } | null;
  /** Whether the server keeps the sound of this conversation. */
  readonly isRecorded: boolean;
  /** Those the server has. */
  readonly characters: readonly Character[];
  readonly components: readonly ServiceComponent[];
  readonly problems: readonly Problem[];
  readonly hasMicrophone: boolean;
  readonly isMuted: boolean;
  /** True while the push-to-talk button is held. */
  readonly isHolding: boolean;
  readonly devices: SoundDevices;
  /** Name of the microphone in use; empty while there is none, or it has no name. */
  readonly microphoneInUse: string;
  /** Why the user is not heard well; null while nothing is wrong. */
  readonly hearing: HearingTrouble | null;
  readonly preferences: Preferences;
}

export const INITIAL_PREFERENCES: Preferences = {
  mode: 'hands-free',
  language: 'en',
  speech: 'page',
  character: '',
  voice: '',
  speed: 1,
  eagerness: 'auto',
  bargeIn: true,
  greeting: true,
  face: 'head',
  theme: 'system',
  motion: 'system',
  microphone: '',
  speaker: '',
  echoCancellation: true,
  noiseSuppression: true,
  autoGain: true,
  visualiser: 'waveform',
};

export const INITIAL_STATE: ConversationState = {
  phase: 'stopped',
  connection: { kind: 'offline' },
  turn: 'idle',
  conversationId: null,
  utterances: [],
  nextKey: 1,
  runStart: 1,
  partial: null,
  tools: [],
  memories: {},
  expression: null,
  isRecorded: false,
  characters: [],
  components: [],
  problems: [],
  hasMicrophone: false,
  isMuted: false,
  isHolding: false,
  devices: NO_DEVICES,
  microphoneInUse: '',
  hearing: null,
  preferences: INITIAL_PREFERENCES,
};
