/**
 * Who sits here, and what happens when that is somebody else: what one user said, heard and was shown is not another's.
 *
 * ```
 * a key where there was none   what was said so far is the new user's
 * no key any more              the conversation ends, and nothing of it stays
 * another key                  the conversation ends and is set aside, until the server has told whose the key is:
 *                              the same user finds it again, another one does not
 * ```
 * Owns the moment and the order. Refuses to know where things are kept, and what keys look like.
 */
import type { StoredTranscript } from '../state/index.ts';
import type { Keeper } from './keeper.ts';
import type { KeyRing } from './key-ring.ts';
import type { Ratings } from './ratings.ts';

interface SignInOptions {
  readonly keys: Pick<KeyRing, 'key' | 'subscribe'>;
  readonly keeper: Pick<Keeper, 'user' | 'claim' | 'setAside' | 'forget'>;
  readonly ratings: Pick<Ratings, 'forget'>;
  /** Ends the conversation, and drops whatever else is one user's. */
  readonly letGo: () => void;
  /** Puts back what a user said before. */
  readonly restore: (transcript: StoredTranscript) => void;
}

/** See the module's docstring. */
export class SignIn {
  readonly dispose: () => void;
  readonly #options: SignInOptions;
  #key: string | null;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#key = options.keys.key;
    this.dispose = options.keys.subscribe(() => {
      this.#keyChanged();
    });
  }

  /** The server has told whose the key is. */
  signedInAs(user: string): void {
    const { keeper, letGo, restore } = this.#options;
    if (keeper.user === user || this.#key === null) return;
    if (keeper.user !== '') {
      letGo();
      this.#forget();
    }
    const said = keeper.claim(user);
    if (said !== null) restore(said);
  }

  #keyChanged(): void {
    const { keys, keeper, ratings, letGo } = this.#options;
    const before = this.#key;
    this.#key = keys.key;
    if (before === null || before === this.#key) return;
    letGo();
    if (this.#key === null) {
      this.#forget();
    } else {
      keeper.setAside();
      // Theirs wait for them; what may be anybody's would be told with the other key.
      ratings.forget('');
    }
  }

  #forget(): void {
    const { keeper, ratings } = this.#options;
    ratings.forget(keeper.user);
    keeper.forget();
  }
}
