import { parseArgs } from 'node:util';

import { databaseFaults } from './database.ts';
import { kills } from './kills.ts';
import { overtaken } from './overtaken.ts';
import { pagedPulls } from './paged.ts';
import { rawFaults } from './raw.ts';
import { recordFaults } from './records.ts';
import { selfTests } from './self.ts';
import { surroundings } from './surroundings.ts';
import { sourceFaults } from './source.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { openStage } from './break.ts';
import { query } from './place.ts';
import { openLab, type Experiment } from './lab.ts';

/**
 * Usage: `npm run faults [-- --seed N --kills N --records N --only TEXT --at TEXT --short]`. Exits 1 if anything was
 * lost.
 */
const EXPERIMENTS: readonly Experiment[] = [
  ...selfTests,
  ...kills,
  ...databaseFaults,
  ...overtaken,
  ...pagedPulls,
  ...rawFaults,
  ...sourceFaults,
  ...recordFaults,
  ...surroundings,
];

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string' },
    records: { type: 'string' },
    only: { type: 'string', default: '' },
    at: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
  },
});
const { at, only, short } = values;
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const { lab, close } = openLab(
  {
    seed,
    short,
    at,
    kills: Number(values.kills ?? (short ? 1 : 300)),
    records: Number(values.records ?? (short ? 1000 : 100_000)),
  },
  (text) => process.stderr.write(text),
);
process.stderr.write(`seed ${seed}\n`);
const server = await startPostgres({ durable: true });
try {
  const stage = await openStage(server.url, await loaderOf(server.url), short);
  for (const { name, run } of EXPERIMENTS.filter((one) => one.name.includes(only))) {
    const started = performance.now();
    process.stderr.write(`${name} …\n`);
    await run(lab, { server, stage }).catch((error: unknown) => {
      lab.tell(name, [`the experiment failed: ${error instanceof Error ? error.stack : String(error)}`]);
    });
    process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
  }
  await stage.place.close();
} finally {
  await server.remove();
}
const { table, whole } = close();
process.stdout.write(`seed ${seed}\n${table}`);
process.exitCode = whole ? 0 : 1;

/** Creates a role that has only the privileges that the program needs, and returns its connection URL. */
async function loaderOf(url: string): Promise<string> {
  await query(url, `CREATE ROLE loader LOGIN PASSWORD 'loader'; GRANT CREATE ON DATABASE postgres TO loader`);
  const own = new URL(url);
  own.username = 'loader';
  own.password = 'loader';
  return own.href;
}
