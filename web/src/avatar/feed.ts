/**
 * What a face is driven by: read once a frame, never pushed.
 *
 * Owns the contract between the face and the rest of the page, and refuses to know who fulfils it.
 */
import { VISEME_NAMES } from '../protocol/index.ts';

/**
 * The mouth shapes, in the order of every array of weights. The names are those of the Oculus OVR LipSync set, which most
 * face rigs know; the server's `vivavoce.visemes` tells them by these names.
 */
export const VISEMES: typeof VISEME_NAMES = VISEME_NAMES;

export type Viseme = (typeof VISEMES)[number];

export type Mood = 'idle' | 'listening' | 'thinking' | 'speaking' | 'error';

/** A movement that is made once, as against an expression, which stays. */
export interface FaceAction {
  readonly name: 'nod' | 'shake' | 'wave' | 'think';
  /** Grows with every action, so that a second nod is told from the first. */
  readonly count: number;
}

export interface FaceFeed {
  /**
   * Fills `weights`, one for each of {@link VISEMES}, 0 to 1, with the mouth of what is heard at this moment. Returns false,
   * and fills nothing, when there is no timeline for it: then the sound itself has to do.
   */
  readVisemes(weights: Float32Array<ArrayBuffer>): boolean;
  /** Fills `out` with the newest samples of the reply, -1 to 1; returns false when nothing sounds. */
  readReply(out: Float32Array<ArrayBuffer>): boolean;
  /** The conversation's state. */
  readonly mood: Mood;
  /** What the reply's cues ask for, such as `joy`, from the moment that its words are heard on; null for none. */
  readonly expression: string | null;
  /** The newest movement that the reply's cues asked for, from the moment that its words are heard on. */
  readonly action: FaceAction | null;
}
