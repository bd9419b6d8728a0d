/** Everything that can change the state. */
import type { ServerEvent } from '../protocol/index.ts';
import type { Character, ConnectionState, Preferences, Problem, ProblemCode } from './model.ts';
import type { StoredUtterance } from './stored.ts';

/** How far the loudspeaker is with an item. */
interface Playhead {
  readonly item: string;
  readonly played: number;
}

export type Action =
  | {
      readonly type: 'page.restored';
      readonly utterances: readonly StoredUtterance[];
      readonly preferences: Partial<Preferences>;
    }
  | { readonly type: 'conversation.starting' }
  | { readonly type: 'conversation.running'; readonly hasMicrophone: boolean }
  | { readonly type: 'conversation.stopped' }
  | { readonly type: 'connection.changed'; readonly connection: ConnectionState }
  /** A new session: what was said before gets new identities, and waits no longer. */
  | { readonly type: 'session.began' }
  /** `at` is milliseconds since the epoch. */
  | { readonly type: 'server.said'; readonly event: ServerEvent; readonly at: number }
  | { readonly type: 'playout.progress' | 'playout.ended' | 'playout.cleared'; readonly playhead: Playhead }
  | { readonly type: 'text.typed'; readonly id: string; readonly text: string; readonly at: number }
  | { readonly type: 'history.cleared' }
  | { readonly type: 'characters.listed'; readonly characters: readonly Character[] }
  | { readonly type: 'tool.answered'; readonly id: string; readonly isApproved: boolean }
  | { readonly type: 'microphone.muted'; readonly isMuted: boolean }
  | { readonly type: 'microphone.lost' }
  | { readonly type: 'talk.held'; readonly isHolding: boolean }
  | { readonly type: 'preferences.changed'; readonly preferences: Partial<Preferences> }
  | { readonly type: 'problem.raised'; readonly problem: Problem }
  | { readonly type: 'problem.gone'; readonly code: ProblemCode };
