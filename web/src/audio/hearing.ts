/**
 * Tells from the microphone's sound why its user is not heard well.
 *
 * Goes by audio time: a stretch of sound in, the trouble of this moment out. Silence counts only while the user is
 * expected to speak. Whoever has been heard may think for as long as they like: from then on only a microphone that
 * gives nothing at all is news, and noise suppression gives that too, so it takes longer. Trouble goes away with the
 * first sound that shows it gone. Plain arithmetic; refuses to know devices, turns and the screen.
 */
import type { Loudness } from './loudness.ts';

/** As in the state's `HearingTrouble`. */
export type Trouble = 'blocked' | 'nothing' | 'faint' | 'wordless' | 'clipping';

export interface Moment {
  readonly loudness: Loudness;
  readonly seconds: number;
  /** Whether the user is expected to speak, and the microphone is open for it. */
  readonly isAwaited: boolean;
  /** Whether the browser says that the device or the system keeps the track silent. */
  readonly isBlocked: boolean;
  /** Whether somebody looks for speech in the sound. */
  readonly isJudged: boolean;
}

const SILENT_SECONDS = 5;
/** Of nothing but zeros from a microphone whose user was heard: noise suppression makes such pauses. */
const ZEROS_SECONDS = 20;
/** Quiet speech at arm's length is 10 dB above this; a wrong input's hum and a quiet room lie below. */
const AUDIBLE_DB = -55;
/** A sound that a person means to be heard. */
const LOUD_DB = -42;
/** Of loud sound in which no speech is found. */
const WORDLESS_SECONDS = 6;
/** Fewer samples at full scale in 20 ms are a click, not a voice that is too loud. */
const CLIPPED_SHARE = 0.008;
/** Distorted sound that adds up to this is worth saying. */
const CLIPPED_SECONDS = 0.3;
/** Distortion is forgotten at this rate, and over after this long without any. */
const CLIPPING_FADES = 0.06;
const CLIPPING_OVER_SECONDS = 4;

/** See the module's docstring. One for each microphone that is opened. */
export class Hearing {
  #silence = 0;
  #zeros = 0;
  #blocked = 0;
  #wordless = 0;
  #clipped = 0;
  #sinceClipped = 0;
  #wasHeard = false;
  #isClipping = false;

  /** Takes in the next stretch of sound and returns what is wrong, or null. */
  hear(moment: Moment): Trouble | null {
    this.#countClipping(moment);
    this.#countSilence(moment);
    this.#countWordless(moment);
    return this.#isClipping ? 'clipping' : this.#silentTrouble();
  }

  /** Speech was found in the sound. */
  understood(): void {
    this.#wordless = 0;
    this.#wasHeard = true;
  }

  /** Another microphone, or the same one opened anew. */
  reset(): void {
    this.#silence = this.#zeros = this.#blocked = this.#wordless = 0;
    this.#clipped = this.#sinceClipped = 0;
    this.#wasHeard = this.#isClipping = false;
  }

  #silentTrouble(): Trouble | null {
    if (this.#blocked >= SILENT_SECONDS) return 'blocked';
    if (this.#zeros >= (this.#wasHeard ? ZEROS_SECONDS : SILENT_SECONDS)) return 'nothing';
    if (this.#silence >= SILENT_SECONDS && !this.#wasHeard) return 'faint';
    return this.#wordless >= WORDLESS_SECONDS ? 'wordless' : null;
  }

  #countSilence({ loudness, seconds, isAwaited, isBlocked }: Moment): void {
    const { rmsDb } = loudness;
    if (rmsDb >= LOUD_DB) this.#wasHeard = true;
    this.#silence = isAwaited && rmsDb < AUDIBLE_DB ? this.#silence + seconds : 0;
    this.#zeros = isAwaited && rmsDb === -Infinity ? this.#zeros + seconds : 0;
    this.#blocked = isAwaited && isBlocked ? this.#blocked + seconds : 0;
  }

  #countWordless({ loudness, seconds, isAwaited, isJudged }: Moment): void {
    if (!isAwaited || !isJudged) this.#wordless = 0;
    else if (loudness.rmsDb >= LOUD_DB) this.#wordless += seconds;
    // A pause takes back what a sound added, so that a closing door now and then never adds up.
    else this.#wordless = Math.max(0, this.#wordless - seconds);
  }

  #countClipping({ loudness, seconds }: Moment): void {
    const isDistorted = loudness.clipped > CLIPPED_SHARE * loudness.samples;
    this.#clipped = isDistorted
      ? this.#clipped + seconds
      : Math.max(0, this.#clipped - CLIPPING_FADES * seconds);
    this.#sinceClipped = isDistorted ? 0 : this.#sinceClipped + seconds;
    if (this.#clipped >= CLIPPED_SECONDS) this.#isClipping = true;
    if (this.#sinceClipped >= CLIPPING_OVER_SECONDS) {
      this.#isClipping = false;
      this.#clipped = 0;
    }
  }
}
