/** Everything that can change the state. */
import type { Item, ServerEvent } from '../protocol/index.ts';
import type { OpenedConversation } from './going-on.ts';
import type { SoundDevices } from './devices.ts';
import type {
  Character,
  ConnectionState,
  HearingTrouble,
  Preferences,
  Problem,
  ProblemCode,
} from './model.ts';
import type { StoredTranscript } from './stored.ts';

/** How far the loudspeaker is with an item. */
interface Playhead {
  readonly item: string;
  readonly played: number;
}

export type Action =
  /** What was said on an earlier visit comes back. */
  | { readonly type: 'page.restored'; readonly transcript: StoredTranscript }
  | { readonly type: 'conversation.starting' }
  | { readonly type: 'conversation.running'; readonly hasMicrophone: boolean }
  | { readonly type: 'conversation.stopped' }
  | { readonly type: 'connection.changed'; readonly connection: ConnectionState }
  /**
   * A new session. Unless it goes on with the conversation, what was said before gets new identities in another one, and
   * waits no longer.
   */
  | { readonly type: 'session.began'; readonly goesOn?: boolean }
  /** All that the server knows of the conversation that is gone on with; the rest it is told at once. */
  | { readonly type: 'session.caught_up'; readonly items: readonly Item[]; readonly at: number }
  /** An earlier conversation takes the place of the present one. */
  | { readonly type: 'conversation.opened'; readonly conversation: OpenedConversation }
  /** The server has no such conversation any more; what the page knows of it stays. */
  | { readonly type: 'conversation.lost' }
  /** The server does not have the character that was asked for any more. */
  | { readonly type: 'character.lost' }
  /** `at` is milliseconds since the epoch. */
  | { readonly type: 'server.said'; readonly event: ServerEvent; readonly at: number }
  | { readonly type: 'playout.progress' | 'playout.ended' | 'playout.cleared'; readonly playhead: Playhead }
  | { readonly type: 'text.typed'; readonly id: string; readonly text: string; readonly at: number }
  | { readonly type: 'history.cleared' }
  | { readonly type: 'characters.listed'; readonly characters: readonly Character[] }
  | { readonly type: 'tool.answered'; readonly id: string; readonly isApproved: boolean }
  | { readonly type: 'microphone.muted'; readonly isMuted: boolean }
  | { readonly type: 'microphone.lost' }
  /** A microphone is in use: the first of a conversation, or another. */
  | { readonly type: 'microphone.opened'; readonly label: string }
  | { readonly type: 'devices.listed'; readonly devices: SoundDevices }
  | { readonly type: 'hearing.changed'; readonly trouble: HearingTrouble | null }
  | { readonly type: 'talk.held'; readonly isHolding: boolean }
  | { readonly type: 'preferences.changed'; readonly preferences: Partial<Preferences> }
  | { readonly type: 'problem.raised'; readonly problem: Problem }
  | { readonly type: 'problem.gone'; readonly code: ProblemCode };
