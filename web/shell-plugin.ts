/**
 * Builds the service worker beside the page, and writes into it the list of what the build made.
 *
 * Owns which files belong to the shell: all that a browser may ask of the page. Refuses to know what is done with them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

const SOURCE = 'src/shell/service-worker.sw.ts';
const WORKER = 'service-worker.js';
const PLACE = '__SHELL__';

/** For people, not for browsers. */
const NOT_SHELL = /^licenses\.md$|\.map$|^service-worker\.js$/;

export function shell(): Plugin {
  let publicDir = '';
  return {
    name: 'vivavoce:shell',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      ({ publicDir } = config);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: SOURCE, fileName: WORKER });
    },
    generateBundle: {
      // After all others: the page itself is among what they emit.
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk') throw new Error(`${SOURCE} was not built`);
        if (worker.imports.length > 0)
          throw new Error(`${WORKER} is a script of its own and may import nothing`);
        if (!worker.code.includes(PLACE)) throw new Error(`${SOURCE} has no place for the list of files`);
        const built = Object.entries(bundle).map(
          ([name, output]) => [name, output.type === 'chunk' ? output.code : output.source] as const,
        );
        const list = listOf(new Map([...built, ...filesIn(publicDir)]));
        worker.code = worker.code.replaceAll(PLACE, JSON.stringify(list));
      },
    },
  };
}

/** The shell's files by name, and a version that changes with any of them. */
function listOf(contents: ReadonlyMap<string, string | Uint8Array>): { version: string; files: string[] } {
  const files = [...contents.keys()].filter((name) => !NOT_SHELL.test(name)).sort();
  const digest = createHash('sha256');
  for (const name of files) digest.update(`${name}\0`).update(contents.get(name) ?? '');
  return { version: digest.digest('hex').slice(0, 16), files };
}

/** What is copied as it is. */
function filesIn(folder: string): (readonly [string, Uint8Array])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)] as const);
}
