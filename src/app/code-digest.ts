import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders with all code that affects the rows derived from raw bytes, from the parser to the merge; package.json
 * lists the library versions. Migrations are not included, because their effect on a table shows in the table's own
 * digest.
 */
const FOLDERS = ['adapters/postgres', 'core', 'engine', 'lib', 'sources', 'steps'];

/**
 * The digest of the code that derives rows, because different code can derive different rows. scripts/build.ts replaces
 * this module in the published package.
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
