/**
 * Sound that is played beside the conversation: a reply once more, a voice on trial, a recording from the history.
 *
 * Owns that there is one of them at a time: starting one ends the one before it, and silences what else sounds.
 * Refuses to know what is played and how it looks.
 */
import type { OpenSideOutput, SideOutput, SideSource } from '../audio/index.ts';

/** What is played at this moment, or was to be; a new object whenever it changed. */
export type SideSoundState =
  | { readonly kind: 'silent' }
  | { readonly kind: 'fetching' | 'playing'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: unknown };

interface SideSoundOptions {
  readonly open: OpenSideOutput;
  /** The loudspeaker the user chose. */
  readonly speaker: () => string;
  /** Silences what else sounds: called just before one is heard, so that one that cannot be had costs nothing. */
  readonly makeWay: () => void;
}

const SILENT: SideSoundState = { kind: 'silent' };

/** See the module's docstring. */
export class SideSound {
  readonly #options: SideSoundOptions;
  readonly #listeners = new Set<() => void>();
  #state: SideSoundState = SILENT;
  /** Ends what is played, or what is about to be. */
  #turn: AbortController | null = null;

  constructor(options: SideSoundOptions) {
    this.#options = options;
  }

  get state(): SideSoundState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /**
   * Plays a sound instead of what is being played; returns when it is over, failed or was ended. Call it within the user's
   * click: the browser lets sound out only then.
   *
   * @param name - tells it from others.
   * @param fetch - gets the sound; `signal` tells that it is not wanted any more.
   */
  async play(name: string, fetch: (signal: AbortSignal) => Promise<SideSource>): Promise<void> {
    this.stop();
    const turn = new AbortController();
    const { signal } = turn;
    this.#turn = turn;
    this.#tell({ kind: 'fetching', name });
    let output: SideOutput | null = null;
    const close = (): void => {
      output?.close();
    };
    try {
      output = this.#options.open(this.#options.speaker());
      signal.addEventListener('abort', close, { once: true });
      const sound = await fetch(signal);
      if (signal.aborted) return;
      this.#options.makeWay();
      this.#tell({ kind: 'playing', name });
      await output.play(sound);
      this.#end(turn, SILENT);
    } catch (reason) {
      this.#end(turn, { kind: 'failed', name, reason });
    } finally {
      close();
    }
  }

  /** @param beginning - of the names of those that are to fall silent; all of them without it. */
  stop(beginning = ''): void {
    if (this.#state.kind === 'silent' || !this.#state.name.startsWith(beginning)) return;
    this.#turn?.abort();
    this.#turn = null;
    this.#tell(SILENT);
  }

  /** Nothing that was ended before has anything to say any more. */
  #end(turn: AbortController, state: SideSoundState): void {
    if (this.#turn !== turn) return;
    this.#turn = null;
    this.#tell(state);
  }

  #tell(state: SideSoundState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
