import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything that affects which rows are made from raw bytes, from the parser to the merge; package.json names the
 * version of each library. What a migration does to a table shows in the table's own digest.
 */
const FOLDERS = ['adapters/postgres', 'core', 'engine', 'lib', 'sources', 'steps'];

/**
 * The digest of the code that makes rows: different code may make different rows. The published package replaces this
 * module: scripts/build.ts.
 */
export function codeDigest(): string {
  const root = join(import.meta.dirname, '../..');
  const sources = FOLDERS.flatMap((folder) => {
    const found = readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' });
    const names = found.filter((name) => /(?<!\.test)\.ts$/.test(name));
    return names.sort().map((name) => `src/${folder}/${name}`);
  });
  const hash = createHash('sha256');
  for (const path of ['package.json', ...sources]) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
