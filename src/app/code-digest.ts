import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All that has a say in which rows come out of raw bytes, from the parser to the merge; package.json names the version
 * of each library. What a migration does to a table shows in the table's own digest.
 */
const FOLDERS = ['adapters/postgres', 'core', 'engine', 'lib', 'sources', 'steps'];

/** Of the code that makes rows: another one may make others. The published package has another module here: scripts/build.ts. */
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
