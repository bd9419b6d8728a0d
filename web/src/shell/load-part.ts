/**
 * Loads a part of the page that is in a chunk of its own, and loads it again when that failed.
 *
 * Owns what is remembered of a failure, and would be answered with ever after: by browsers a module that did not come, by the
 * build's own loading a style sheet. Refuses to know what the part is.
 */

/** What is asked of the browser. */
interface Browser {
  readonly importAt: (address: string) => Promise<unknown>;
  /** Takes the style sheets off the page that did not come; returns their addresses. */
  readonly takeBrokenStyles: () => readonly string[];
  /** Returns when it is there. */
  readonly addStyle: (address: string) => Promise<void>;
}

/** Noted as they fail: once that is over, nothing tells them from empty ones. */
const brokenStyles = new Set<HTMLLinkElement>();

function noteBroken({ target }: Event): void {
  if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') brokenStyles.add(target);
}

const BROWSER: Browser = {
  importAt: (address) => import(/* @vite-ignore */ address),
  takeBrokenStyles: () => {
    const addresses = [...brokenStyles].map(({ href }) => href);
    for (const link of brokenStyles) link.remove();
    brokenStyles.clear();
    return addresses;
  },
  addStyle: (address) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = address;
    const there = new Promise<void>((resolve, reject) => {
      link.addEventListener('load', () => {
        resolve();
      });
      link.addEventListener('error', () => {
        link.remove();
        reject(new TypeError(`A style sheet did not come: ${address}`));
      });
    });
    document.head.append(link);
    return there;
  },
};

export class PartLoader {
  readonly #browser: Browser;
  /** How often each address has failed. */
  readonly #failures = new Map<string, number>();
  readonly #missingStyles = new Set<string>();

  constructor(browser: Browser = BROWSER) {
    this.#browser = browser;
  }

  /**
   * Returns the part's module. One that failed before is asked for under another address, where the browser remembers the
   * failure of the first.
   *
   * @throws what `load` throws; the next try may succeed.
   */
  async load<Module>(load: () => Promise<Module>): Promise<Module> {
    for (const style of this.#missingStyles) {
      await this.#browser.addStyle(style);
      this.#missingStyles.delete(style);
    }
    try {
      return await load();
    } catch (error) {
      for (const style of this.#browser.takeBrokenStyles()) this.#missingStyles.add(style);
      const address = addressIn(error);
      if (address === null) throw error;
      const failures = this.#failures.get(address) ?? 0;
      this.#failures.set(address, failures + 1);
      if (failures === 0) throw error;
      return (await this.#browser.importAt(`${address}?again=${failures}`)) as Module;
    }
  }
}

const loader = new PartLoader();

/** See {@link PartLoader.load}. */
export function loadPart<Module>(load: () => Promise<Module>): Promise<Module> {
  // Such events do not rise, but they can be caught on their way down; listened for once, however often this is said.
  document.addEventListener('error', noteBroken, true);
  return loader.load(load);
}

/** Chromium and Firefox name it; a browser that does not asks for it anew by itself. */
function addressIn(error: unknown): string | null {
  if (!(error instanceof TypeError)) return null;
  return /https?:\/\/\S+\.js/.exec(error.message)?.[0] ?? null;
}
