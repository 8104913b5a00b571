import { createRandom } from '../src/sandbox/random.ts';
import type { CliResult } from '../test/support/cli.ts';
import { booksLosses } from './books.ts';
import { fuzzRecord } from './fuzz.ts';
import type { Experiment, Lab } from './lab.ts';
import { digest, openPlace, type Place } from './place.ts';
import { pathOf, sandboxWorld, serve } from './worlds.ts';

const BATCH = 5000;

/**
 * Characters that control a terminal or the direction of text, except tabs and newlines. None of them may appear
 * unescaped.
 */
// oxlint-disable-next-line eslint/no-control-regex -- the expression looks for them
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Pulls records that no API should send: the books must balance, and no control character may reach the terminal. */
export const recordFaults: readonly Experiment[] = [
  {
    name: 'records',
    async run(lab, { server }) {
      const limits = {
        rejects: { count: 1_000_000, share: 1 },
        vanished: { count: 1_000_000, share: 1 },
      };
      const place = await openPlace(server.url, 'fuzzed', { limits });
      const world = await sandboxWorld({ launches: 50 });
      const at = pathOf('launches');
      const good = JSON.parse(String(world[at]?.body)) as readonly Readonly<Record<string, unknown>>[];
      serve(place.api, world);
      try {
        for (let done = 0; done < lab.records; done += BATCH) {
          const count = Math.min(BATCH, lab.records - done);
          const body = fuzzBody(lab, good, count);
          place.api.set(at, { body });
          await fuzzOnce(lab, place, count, done % (4 * BATCH) === 0);
        }
        await brokenText(lab, place, good);
      } finally {
        await place.close();
      }
    },
  },
];

/** Ids recur from batch to batch, so that rows are changed, held and deleted. */
function fuzzBody(lab: Lab, good: readonly Readonly<Record<string, unknown>>[], count: number): Buffer {
  const random = createRandom(lab.random(2 ** 32));
  const records = Array.from({ length: count }, () =>
    fuzzRecord(random, good[random(good.length)] ?? {}, random(count * 20)),
  );
  const parts = records.flatMap((record, index) => (index === 0 ? [record] : [Buffer.from(',\n'), record]));
  return Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]);
}

async function fuzzOnce(lab: Lab, place: Place, count: number, shown: boolean): Promise<void> {
  const run = await place.pull('--resources', 'launches', '--json');
  const report = (JSON.parse(run.stdout === '' ? '{}' : run.stdout) as { resources?: Record<string, Counts> })
    .resources;
  const told = report?.['launches'];
  await lab.inject('a batch of fuzzed records', async () => {
    const lost = await booksLosses(place);
    if (run.code !== 0) lost.push(`exit ${run.code}: ${run.stderr.slice(-1000)}`);
    if (told?.received !== count) lost.push(`${count} sent, ${told?.received} received`);
    if (told !== undefined && (told.validated === 0 || told.errored === 0))
      lost.push('either all of the records broke the contract or none did');
    return lost;
  });
  lab.count('fuzzed records', count);
  lab.count('of them set aside', told?.errored ?? 0);
  if (shown) await lab.inject('terminal escapes', () => rawOutput(lab, place, run));
}

type Counts = { readonly received: number; readonly validated: number; readonly errored: number };

const SHORT_COMMANDS = 4;

/** Runs every command that shows data from the source, and looks for control characters in the output. */
async function rawOutput(lab: Lab, place: Place, run: CliResult): Promise<string[]> {
  const [evil] = await place.sql<{ id: string }>(
    `SELECT id FROM launches WHERE name ~ '[\\x01-\\x1f\\x7f-\\x9f]' OR details ~ '[\\x01-\\x1f\\x7f-\\x9f]' LIMIT 1`,
  );
  const rejects = await place.sql<{ id: string }>(
    `(SELECT record_id AS id FROM rejects WHERE errors ~ 'u001b|\\x9b' LIMIT 2)
     UNION ALL (SELECT record_id FROM rejects WHERE record_id ~ '[\\x01-\\x1f\\x7f-\\x9f]' LIMIT 2)`,
  );
  const commands: readonly (readonly string[])[] = [
    ['run', '--source', place.api.url, '--resources', 'launches', '--full'],
    ['rejects', 'list', '--limit', '5000'],
    ['rejects', 'list', '--status', 'all', '--limit', '5000'],
    ['rejects', 'list', '--json', '--limit', '5000'],
    ...rejects.map(({ id }) => ['rejects', 'show', '--', id]),
    ['query', 'SELECT * FROM launches LIMIT 5000'],
    ['query', 'SELECT name, details FROM launches', '--json'],
    ['query', `SELECT 1 AS "\u001b[31m", name AS "\u009b" FROM launches`],
    ['runs'],
    ['explain', 'launches', evil?.id ?? '0'],
    ['drift', '--contract'],
  ];
  const lost = show(['run', '--json'], run);
  const start = lab.short ? lab.random(commands.length - SHORT_COMMANDS) : 0;
  for (const command of lab.short ? commands.slice(start, start + SHORT_COMMANDS) : commands) {
    const result = await place.cli(command);
    lost.push(...show(command, result));
    if (result.code !== 0)
      lost.push(`${command.join(' ')}: exit ${result.code}: ${result.stderr.slice(-300)}`);
  }
  if (evil === undefined) lost.push('no text with control characters reached the table');
  return lost;
}

function show(command: readonly string[], { stderr, stdout }: CliResult): string[] {
  return [stdout, stderr].flatMap((text) => {
    const found = RAW.exec(text);
    if (found === null) return [];
    const place = JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20));
    return [`${command.slice(0, 2).join(' ')}: U+${found[0].charCodeAt(0).toString(16)} in ${place}`];
  });
}

/** A body that is malformed between two records must be rejected as a whole. */
async function brokenText(lab: Lab, place: Place, good: readonly unknown[]): Promise<void> {
  const texts = good.map((record) => JSON.stringify(record));
  const before = await digest(place);
  for (let turn = 0; turn < (lab.short ? 1 : 20); turn += 1) {
    await lab.inject('body malformed between records', async () => {
      const cut = 1 + lab.random(texts.length - 1);
      const wrong = ['', ',,', ';', ']', '}', '\u001b[31m,', '\u0000,'][lab.random(7)] ?? '';
      place.api.set(pathOf('launches'), {
        body: `[${texts.slice(0, cut).join()}${wrong}${texts.slice(cut).join()}]`,
      });
      const run = await place.pull('--resources', 'launches', '--atomic');
      const lost = [...(await booksLosses(place)), ...show(['run'], run)];
      if (run.code !== 3)
        lost.push(`exit ${run.code} after ${JSON.stringify(wrong)}: ${run.stderr.slice(-300)}`);
      if ((await digest(place)).tables !== before.tables) lost.push('rows have changed');
      return lost;
    });
  }
}
