import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { RESERVED } from '../../src/app/draft/names.ts';
import { openSharedPglite } from '../suites/pglite.ts';
import { randomSchema } from '../suites/target-lab.ts';
import { startApi } from '../support/api.ts';
import { runCli, type CliResult } from '../support/cli.ts';
import { copyProgram } from '../support/copied-program.ts';
import { assertFailure } from '../support/workspace.ts';
import type { NewResource } from '../../src/output/documents.ts';

const SUPPLIERS = [
  {
    id: '5eb87cd9ffd86e000604b32a',
    name: ' Acme Forge ',
    order: 1,
    'max-speed': { kN: 1.5, lbf: 337 },
    founded_at: '2001-02-03T04:05:06Z',
    first_day: '2001-02-03',
    active: true,
    worth: 5_000_000_000,
    rocket: '5e9d0d95eda69973a809d1ec',
    site: { city: 'Hawthorne', roof: { height: { meters: 9, feet: 29.5 } } },
    parts: [
      {
        name: 'Grid fin',
        mass: { kg: 45, lb: 99 },
        tests: [
          { passed: true, at: null },
          { passed: false, at: '2002-02-03T04:05:06Z' },
        ],
      },
      { name: null, mass: null, tests: [{ passed: true }] },
    ],
    launches: ['5eb87cd9ffd86e000604b32a'],
    odd: 1,
    none: null,
  },
  {
    id: '5eb87cd9ffd86e000604b32b',
    name: 'Bolt',
    order: 2,
    'max-speed': null,
    founded_at: null,
    first_day: '2002-02-03',
    active: false,
    worth: 1,
    rocket: null,
    parts: null,
    launches: [],
    odd: 'one',
    none: null,
  },
];
/** The last part of this path differs from the resource's name. */
const PATH = '/v4/vendors';
const api = await startApi({
  [PATH]: { body: JSON.stringify(SUPPLIERS) },
  '/paged': { body: JSON.stringify({ count: 1, results: [{ id: 'a' }] }) },
  '/page': { body: '<html>' },
  '/text': { body: '"text"' },
  '/empty': { body: '[]' },
  '/numbered': { body: '[{"id":"a"},{"id":2},{}]' },
});
after(api.close);
const { folder, launcher, remove, type } = await copyProgram();
after(remove);

const draft = (...args: readonly string[]): Promise<CliResult> =>
  runCli(['resources', 'new', ...args], { cwd: folder, launcher });

/** The text of each source file, by path. */
async function code(): Promise<Record<string, string>> {
  const names = await readdir(join(folder, 'src'), { recursive: true });
  const files = names.filter((name) => /\.(?:ts|json)$/.test(name)).sort();
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name) => [name, await readFile(join(folder, 'src', name), 'utf8')] as const),
    ),
  );
}

describe('resources new', () => {
  const untouched = code();

  for (const [args, message, hint] of [
    [
      ['Suppliers', '--from', api.url + PATH],
      /"Suppliers": this is not a valid name for a table and a variable/,
      /launch_events/,
    ],
    [['order', '--from', api.url + PATH], /"order": this is not a valid name/, /reserved word/],
    [['class', '--from', api.url + PATH], /"class": this is not a valid name/, /reserved word/],
    [
      ['rockets', '--from', api.url + PATH],
      /the file src\/sources\/spacex\/rockets\.ts already exists/,
      /resources$/,
    ],
    [
      ['launch_cores', '--from', api.url + PATH],
      /a spacex table with this name already exists/,
      /resources$/,
    ],
    [['suppliers', '--from', `${api.url}/none`], /Cannot get .*\/none: it responded with 404/, /--from/],
    [
      ['suppliers', '--from', 'http://127.0.0.1:1/v4/x'],
      /Cannot reach http:\/\/127\.0\.0\.1:1/,
      /a file to --from/,
    ],
    [['suppliers', '--from', `${api.url}/page`], /\/page: it is not JSON/, /JSON list/],
    [['suppliers', '--from', `${api.url}/text`], /\/text: "text" is not an object/, /JSON list/],
    [['suppliers', '--from', `${api.url}/empty`], /\/empty: its list is empty/, /JSON list/],
    [['suppliers', '--from', `${api.url}/numbered`], /2 of 3 records lack a string "id"/, /key of its row/],
    [
      ['suppliers', '--from', `${api.url}/paged`],
      /1 of 1 records lack a string "id"/,
      /are in "results", write that list/,
    ],
    [['suppliers', '--from', 'none.json'], /Cannot read samples from none\.json: ENOENT/, /URL or file/],
    [['suppliers'], /required option '--from <samples>' not specified/, /resources --help/],
  ] as const) {
    it(`rejects ${args.join(' ').replace(api.url, '')}, and writes nothing`, async () => {
      const result = await draft(...args);
      assertFailure(result, { code: result.code ?? 0, message, hint });
      assert.ok([2, 3].includes(result.code ?? 0), result.stderr);
      assert.deepEqual(await code(), await untouched);
    });
  }

  it('drafts a resource that can be loaded, and that passes the static checks and the resource tests', async () => {
    const before = await untouched;
    const { stdout, stderr } = await draft('suppliers', '--json', '--from', api.url + PATH);
    assert.equal(stderr, '');
    const made = JSON.parse(stdout) as NewResource;
    const now = await code();
    const differing = Object.keys(now).filter((name) => now[name] !== before[name]);
    assert.deepEqual(
      [...made.wrote, ...made.changed].sort(),
      differing.map((name) => `src/${name}`),
    );
    assert.deepEqual(made.tables, [
      'suppliers',
      'supplier_parts',
      'supplier_part_tests',
      'supplier_launches',
    ]);
    const review = made.review.join('\n');
    assert.match(review, /suppliers\.rocket_id to rockets, supplier_launches\.launch_id to launches/);
    assert.match(review, /\/odd \(number or string in the samples\), \/none \(no value in any sample\)/);

    assert.match(
      now['sources/spacex/suppliers.ts'] ?? '',
      /^ +at: nullish\(timestamp\(\)\),$.*^ {4}listTable\('supplier_launches', 'Items of .*', \{\n {6}launch_id: notNull\.id\(/ms,
    );

    const files = [...made.wrote, ...made.changed].join(' ');
    await type(`oxfmt --check ${files}`);
    await type(`oxlint --deny-warnings ${files}`);
    await type('tsc --project .');
    await type('node --test src/sources/resources.test.ts');
    const [migration = '', , run = ''] = made.next;
    await type(migration);
    await type(run);
    const query = async (sql: string): Promise<unknown> =>
      JSON.parse((await runCli(['query', '--json', sql], { cwd: folder, launcher })).stdout);
    assert.deepEqual(
      await query(
        `SELECT name, supplier_order, max_speed_kn, founded_at, first_day::text, active, worth, rocket_id, site_city, site_roof_height_m
         FROM suppliers ORDER BY id`,
      ),
      [
        {
          name: 'Acme Forge',
          supplier_order: 1,
          max_speed_kn: 1.5,
          founded_at: '2001-02-03T04:05:06Z',
          first_day: '2001-02-03',
          active: true,
          worth: 5_000_000_000,
          rocket_id: '5e9d0d95eda69973a809d1ec',
          site_city: 'Hawthorne',
          site_roof_height_m: 9,
        },
        {
          name: 'Bolt',
          supplier_order: 2,
          max_speed_kn: null,
          founded_at: null,
          first_day: '2002-02-03',
          active: false,
          worth: 1,
          rocket_id: null,
          site_city: null,
          site_roof_height_m: null,
        },
      ],
    );
    assert.deepEqual(
      await query(
        `SELECT p.position AS part, mass_kg, t.position AS test, passed, at FROM supplier_parts p
         LEFT JOIN supplier_part_tests t ON t.supplier_id = p.supplier_id AND supplier_part_position = p.position
         ORDER BY 1, 3`,
      ),
      [
        { part: 0, mass_kg: 45, test: 0, passed: true, at: null },
        { part: 0, mass_kg: 45, test: 1, passed: false, at: '2002-02-03T04:05:06Z' },
        { part: 1, mass_kg: null, test: 0, passed: true, at: null },
      ],
    );
    await type(`${run.replace(api.url, 'sandbox')} --data-dir other`);
  });

  it('drafts a resource of shape object from a file with a single record, for a given source', async () => {
    await writeFile(join(folder, 'fleet.json'), JSON.stringify({ id: 'fleet', size: 2, pads: ['a', null] }));
    const {
      code: exit,
      stdout,
      stderr,
    } = await draft('fleet_sizes', '--source', 'launch-library', '--from', 'fleet.json');
    assert.equal(exit, 0, stderr);
    assert.match(
      stdout,
      /^Wrote src\/sources\/launch-library\/fleet-sizes\.ts\nChanged src\/sources\/launch-library\/source\.ts\n/,
    );
    assert.match(stdout, /^- Correct the path, /m);
    const text = await readFile(join(folder, 'src/sources/launch-library/fleet-sizes.ts'), 'utf8');
    assert.match(text, /^ {2}shape: 'object',$/m);
    assert.match(
      text,
      /^ {2}id: nonBlankText\(\),\n {2}size: integer\(\),\n {2}pads: array\(nullable\(text\(\)\)\),$/m,
    );
    const list = await readFile(join(folder, 'src/sources/launch-library/source.ts'), 'utf8');
    assert.match(list, /^ {2}resources: \[launches, fleetSizes\],$/m);
  });
});

it('the words that cannot be names are exactly the words that PostgreSQL reserves', async () => {
  const database = await (await openSharedPglite())(randomSchema());
  const session = await database.connect();
  const rows = await session.rows<{ word: string }>(
    `SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY 1`,
  );
  assert.deepEqual([...RESERVED].sort(), rows.map(({ word }) => word).sort());
});
