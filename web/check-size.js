/**
 * Fails when what a first visit loads before anything is opened has grown beyond its budget.
 *
 * Owns which of the built files those are: the page, what it names, and what its scripts import outright. What is loaded
 * later, when it is wanted, is listed apart and has a budget of its own for each file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const PAGE = new URL('../src/vivavoce/server/page/', import.meta.url);
const FIRST_BYTES = 350_000;
/** The largest of what may come later: a face with all it is made of. */
const LATER_BYTES = 600_000;

/** What the page itself names: scripts, styles, preloads, pictures and the manifest. */
const NAMED = /(?:src|href)="\.?\/([^"#?]+)"/g;
/** An import that is not a call: `import"./x.js"`, `from"./x.js"`. */
const IMPORTED = /(?:\bimport|\bfrom)\s*["']\.\/([^"']+)["']/g;

/** The paths that a file names, relative to the page. */
function namedBy(path) {
  const text = readFileSync(new URL(path, PAGE), 'utf8');
  if (path.endsWith('.html')) return [...text.matchAll(NAMED)].map(([, name]) => name);
  if (!path.endsWith('.js')) return [];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return [...text.matchAll(IMPORTED)].map(([, name]) => folder + name);
}

/** Everything that is loaded with the page, each once. */
function firstLoad() {
  const found = new Set(['index.html']);
  for (const path of found) for (const named of namedBy(path)) found.add(named);
  return found;
}

function zipped(path) {
  return gzipSync(readFileSync(new URL(path, PAGE))).length;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

const first = firstLoad();
const all = readdirSync(PAGE, { recursive: true })
  .map((path) => String(path).replaceAll('\\', '/'))
  .filter((path) => /\.(html|js|css|svg|wasm|glb)$/.test(path));
const total = [...first].reduce((sum, path) => sum + zipped(path), 0);
const later = all
  .filter((path) => !first.has(path))
  .map((path) => ({ path, bytes: zipped(path) }))
  .sort((one, other) => other.bytes - one.bytes);

say(`first load: ${first.size} files, ${total} of ${FIRST_BYTES} bytes (gzip)`);
for (const path of first) say(`  ${String(zipped(path)).padStart(7)}  ${path}`);
say('later, when wanted:');
for (const { path, bytes } of later) say(`  ${String(bytes).padStart(7)}  ${path}`);

const tooLarge = later.filter(({ bytes }) => bytes > LATER_BYTES).map(({ path }) => path);
for (const path of tooLarge) say(`${path} is larger than ${LATER_BYTES} bytes (gzip)`);
// A page of which no script is counted was not understood, and says nothing about its size.
const isUnderstood = [...first].some((path) => path.endsWith('.js'));
process.exitCode = isUnderstood && total <= FIRST_BYTES && tooLarge.length === 0 ? 0 : 1;
