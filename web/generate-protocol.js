/**
 * `npm run protocol`: the wire's types, from the schema that the server writes (`make docs`).
 *
 * Owns the look of `src/protocol/generated.ts`. With `--check` nothing is written, and a file that says something else
 * than the schema is an error. Refuses to know which of the types the page uses.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { argv, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';

import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';

const SCHEMA = fileURLToPath(import.meta.resolve('./src/protocol/schema.json'));
const TYPES = fileURLToPath(import.meta.resolve('./src/protocol/generated.ts'));

const BANNER =
  '/** The wire as the server declares it. Written by `make docs` from `schema.json`; do not edit. */';

async function generated() {
  const schema = JSON.parse(await readFile(SCHEMA, 'utf8'));
  const source = await compile(schema, 'Wire', {
    additionalProperties: false,
    bannerComment: BANNER,
    format: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  return format(tidy(source), { ...(await resolveConfig(TYPES)), parser: 'typescript' });
}

/** Leaves out what the generator says of itself, and the type it makes of the schema as a whole. */
function tidy(source) {
  return source
    .replace(/\n(?: \*\s*\n)? \* This interface was referenced by [^"]*"[^"]*"\./gu, '')
    .replace(/\/\*\*\s*\*\//gu, '')
    .replace(/export interface OpenAIRealtime\w+ \{[^}]*\}/u, '')
    .replace(/\/\*\*\n\s*\* (.{1,100})\n\s*\*\//gu, '/** $1 */');
}

const wanted = await generated();
if (argv.includes('--check')) {
  const found = await readFile(TYPES, 'utf8').catch(() => '');
  if (found !== wanted) {
    stderr.write('src/protocol/generated.ts is not what schema.json says: run `make docs` and commit.\n');
    exit(1);
  }
} else {
  await writeFile(TYPES, wanted);
}
