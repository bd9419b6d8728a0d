/**
 * Loads a part of the page that is in a chunk of its own, and loads it again when that failed.
 *
 * Owns what browsers remember of a failure, and would answer with ever after: a module that did not come, and a style sheet
 * that is on the page, but empty. Refuses to know what the part is.
 */

/** What is asked of the browser. */
interface Browser {
  readonly importAt: (address: string) => Promise<unknown>;
  readonly dropBrokenStyles: () => void;
}

const BROWSER: Browser = {
  importAt: (address) => import(/* @vite-ignore */ address),
  dropBrokenStyles: () => {
    for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
      if (link.sheet === null) link.remove();
    }
  },
};

export class PartLoader {
  readonly #browser: Browser;
  /** How often each address has failed. */
  readonly #failures = new Map<string, number>();

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
    try {
      return await load();
    } catch (error) {
      this.#browser.dropBrokenStyles();
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
  return loader.load(load);
}

/** Chromium and Firefox name it; a browser that does not asks for it anew by itself. */
function addressIn(error: unknown): string | null {
  if (!(error instanceof TypeError)) return null;
  return /https?:\/\/\S+\.js/.exec(error.message)?.[0] ?? null;
}
