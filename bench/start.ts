import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { textTable } from '../src/lib/text-table.ts';
import { median } from './median.ts';

/**
 * Measures how long commands take from Enter to exit: an empty Node script, the program without a database, and
 * complete runs from the sandbox into the embedded database, compared with PGlite alone. The commands take turns.
 */

const CLI = resolve(import.meta.dirname, '../bin/spacex-pipeline');
const PGLITE = `const { PGlite } = await import(${JSON.stringify(import.meta.resolve('@electric-sql/pglite'))});
const database = await PGlite.create(process.argv[1]);
await database.query('SELECT 1');
await database.close();`;
const ROUNDS = Number(process.argv[2] ?? 5);

const samples = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const run = [CLI, 'run', '--source', 'sandbox', '--quiet', '--data-dir', join(folder, 'data')];
  const bare = ['--input-type=module', '--eval', PGLITE, join(folder, 'bare')];
  time('node -e 0', ['-e', '0']);
  time('spacex-pipeline --version', [CLI, '--version']);
  time('spacex-pipeline config', [CLI, 'config']);
  time('PGlite alone, first start', bare);
  time('run, first start', run);
  time('PGlite alone, second start', bare);
  time('run, second start', run);
  rmSync(folder, { recursive: true });
}
report();

function time(name: string, args: readonly string[]): void {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`Cannot time ${name}: exit code ${status}\n${stderr}`);
  samples.set(name, [...(samples.get(name) ?? []), wall]);
}

function report(): void {
  const medians = [...samples].map(([name, all]) => [name, median(all), Math.min(...all)] as const);
  const nothing = medians[0]?.[1] ?? 1;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  process.stdout.write(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}; ${ROUNDS} rounds; load average ${load} at the end\n\n`,
  );
  process.stdout.write(
    textTable(
      ['start', 'median ms', 'best ms', '× node -e 0'],
      medians.map(([name, middle, best]) => [
        name,
        Math.round(middle),
        Math.round(best),
        Number((middle / nothing).toFixed(2)),
      ]),
    ),
  );
}
