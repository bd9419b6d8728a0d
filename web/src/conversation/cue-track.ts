/**
 * Expressions and movements that replies ask for, each from the sample at which its words are heard.
 *
 * Owns which of them are due. Refuses to know what they look like.
 */
import type { ActionName, ServerEvent } from '../protocol/index.ts';

type Cue = Extract<ServerEvent, { readonly type: 'vivavoce.expression' | 'vivavoce.action' }>;

/** A movement that is made once; `count` grows with every one. */
export interface Movement {
  readonly name: ActionName | 'think';
  readonly count: number;
}

/** A reply does not ask for more; what it does is dropped, oldest first. */
const MOST_WAITING = 64;
/** Replies that are over and whose last cues may still come. */
const REMEMBERED = 8;
/** The expression whose movement belongs to it. */
const THINKING = 'thinking';

/** See the module's docstring. */
export class CueTrack {
  expression: string | null = null;
  action: Movement | null = null;
  readonly #waiting: Cue[] = [];
  /** Whether each of the replies that are over was heard to its end. */
  readonly #over = new Map<string, boolean>();

  /** Takes a cue in; it is due at once when nothing of its reply will sound, or all of it has. */
  add(cue: Cue, willSound: boolean): void {
    const wasHeard = this.#over.get(cue.item_id);
    if (wasHeard === false) return;
    if (wasHeard === true || !willSound) this.#show(cue);
    else if (this.#waiting.push(cue) > MOST_WAITING) this.#waiting.shift();
  }

  /** The reply has been heard up to a sample. */
  heard(item: string, sample: number): void {
    // Replies are heard in order: what still waits of one before this will not be heard.
    // By index here and below: this runs in every frame, and a function or an iterator would be made anew each time.
    let first = 0;
    while (first < this.#waiting.length && this.#waiting[first]?.item_id !== item) first += 1;
    if (first > 0 && first < this.#waiting.length) this.#waiting.splice(0, first);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.item_id !== item || next.first_sample > sample) return;
      this.#waiting.shift();
      this.#show(next);
    }
  }

  /** The reply was heard to its end. */
  ended(item: string): void {
    this.heard(item, Infinity);
    this.#end(item, true);
  }

  /** The rest of the reply will not be heard. */
  cleared(item: string): void {
    this.#end(item, false);
  }

  /** A new reply begins: it looks at the user with a face of its own. */
  begin(): void {
    this.expression = null;
  }

  reset(): void {
    this.#waiting.length = 0;
    this.#over.clear();
    this.expression = null;
  }

  #end(item: string, wasHeard: boolean): void {
    const left = this.#waiting.filter(({ item_id }) => item_id !== item);
    this.#waiting.splice(0, this.#waiting.length, ...left);
    this.#over.set(item, wasHeard);
    if (this.#over.size > REMEMBERED) {
      for (const oldest of this.#over.keys()) {
        this.#over.delete(oldest);
        break;
      }
    }
  }

  #show(cue: Cue): void {
    if (cue.type === 'vivavoce.action') this.#move(cue.action);
    else {
      this.expression = cue.expression;
      if (cue.expression === THINKING) this.#move('think');
    }
  }

  #move(name: Movement['name']): void {
    this.action = { name, count: (this.action?.count ?? 0) + 1 };
  }
}
