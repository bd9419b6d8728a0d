/** Fails when what a first visit loads has grown beyond its budget. */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { gzipSync } from 'node:zlib';

const PAGE = new URL('../src/vivavoce/server/page/', import.meta.url);
const BUDGET_BYTES = 350_000;

const loaded = readdirSync(PAGE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(html|js|css|svg)$/.test(entry.name))
  .map((entry) => gzipSync(readFileSync(`${entry.parentPath}/${entry.name}`)).length);
const total = loaded.reduce((sum, bytes) => sum + bytes, 0);

process.stdout.write(`${loaded.length} files, ${total} of ${BUDGET_BYTES} bytes (gzip)\n`);
process.exitCode = loaded.length > 0 && total <= BUDGET_BYTES ? 0 : 1;
