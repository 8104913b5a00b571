import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

import {
  csvOfRecorded,
  expectedLaunch,
  NOT_RECORDED,
  readRecorded,
  RECORDED_ROWS,
} from '../../../test/suites/recorded.ts';
import { compileCheck } from '../../core/check.ts';
import type { Row, Table } from '../../core/table.ts';
import { resources } from '../index.ts';
import launches from './launches.ts';

const UNIT =
  /_(?:kg|km|m|m3|s|t|kn|deg|au|days|min|years|pct|usd|kph|km_s|jd|degrees|rev_per_day[23]?|per_earth_radius)$/;
const SENTENCE = /^\S.*[^ .]\.$/;
const UNITLESS = ['eccentricity', 'engine_thrust_to_weight'];

for (const resource of resources) {
  describe(`resource ${resource.name}`, () => {
    const [main] = resource.tables;

    it('has a main table of its name, a row a record', () => {
      assert.deepEqual([main.name, main.key, main.owner], [resource.name, ['id'], 'id']);
    });

    it('has tables whose keys and owners are columns that are never null', () => {
      for (const { name, key, owner, columns } of resource.tables) {
        for (const column of [...key, owner])
          assert.equal(columns[column]?.nullable, false, `${name}.${column}`);
      }
    });

    it('has tables whose text keys, owners and references are ids', () => {
      for (const { name, key, owner, columns } of resource.tables) {
        for (const [column, { type, references }] of Object.entries(columns)) {
          const compared = key.includes(column) || owner === column || references !== undefined;
          if (compared) assert.notEqual(type, 'text', `${name}.${column}`);
        }
      }
    });

    it('says in a sentence what each table and column means', () => {
      for (const { name, doc, columns } of resource.tables) {
        assert.match(doc, SENTENCE, name);
        for (const [column, one] of Object.entries(columns))
          assert.match(one.doc, SENTENCE, `${name}.${column}`);
      }
    });

    it('needs and references what there is', () => {
      const tables = new Set(resources.flatMap((one) => one.tables.map(({ name }) => name)));
      for (const [need, column] of Object.entries(resource.needs)) {
        const needed = resources.find(({ name }) => name === need);
        assert.equal(needed?.tables[0].columns[column]?.type, 'text');
      }
      for (const { references } of resource.tables.flatMap(({ columns }) => Object.values(columns))) {
        if (references !== undefined) assert.ok(tables.has(references), references);
      }
    });

    it('has the unit in the name of each measure, and none that is not metric but for knots', () => {
      for (const { name, columns } of resource.tables) {
        for (const [column, { type }] of Object.entries(columns)) {
          assert.doesNotMatch(column, /_(?:lbs?|lbf|ft|feet|mi|mph)$/, name);
          if (type === 'double precision' && !UNITLESS.includes(column)) assert.match(column, UNIT, name);
        }
      }
    });

    it('has a reference, or is owned, where a column names a record of a resource', () => {
      for (const { name, owner, columns } of resource.tables) {
        for (const [column, { references }] of Object.entries(columns)) {
          const stem = /(?:^|_)([a-z]+)_id$/.exec(column)?.[1];
          const named = resources.find((one) => [stem, `${stem}s`, `${stem}es`].includes(one.name))?.name;
          if (named !== undefined && column !== owner) assert.equal(references, named, `${name}.${column}`);
        }
      }
    });

    it('has a contract that compiles', () => {
      assert.notEqual(compileCheck(resource.contract)({}), null);
    });
  });
}

describe('recorded answers', { skip: NOT_RECORDED }, () => {
  const context = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => 'a rocket' };

  it('honour their contracts, every one', () => {
    for (const { name, contract } of resources) {
      const check = compileCheck(contract);
      const records = readRecorded(name);
      assert.deepEqual(
        records.flatMap((record) => check(record) ?? []),
        [],
      );
      assert.equal(records.length, RECORDED_ROWS[name]?.[name], name);
    }
  });

  it('become rows with every column of their table, as many as the files hold, null only where null may be', () => {
    for (const resource of resources) {
      const counts: Record<string, number> = {};
      for (const record of readRecorded(resource.name)) {
        const made = resource.transform(record, context);
        assert.deepEqual(Object.keys(made).sort(), resource.tables.map(({ name }) => name).sort());
        assert.equal(made[resource.name]?.length, 1);
        for (const { name, columns } of resource.tables) {
          const rows = made[name] ?? [];
          for (const row of rows) assertFits(row, columns);
          counts[name] = (counts[name] ?? 0) + rows.length;
        }
      }
      assert.deepEqual(counts, RECORDED_ROWS[resource.name]);
    }
  });

  it('stay as they are: a transform changes neither its record nor its answer', () => {
    const [launch] = readRecorded('launches');
    const copy = structuredClone(launch);
    const first = launches.transform(launch, context);
    assert.deepEqual(launches.transform(launch, context), first);
    assert.deepEqual(launch, copy);
  });

  it('give the same bytes in any time zone and locale', () => {
    const program = `
      const { csvOfRecorded } = await import(${JSON.stringify(import.meta.resolve('../../../test/suites/recorded.ts'))});
      process.stdout.write(csvOfRecorded());`;
    const run = (env: NodeJS.ProcessEnv) =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
        env: { ...process.env, ...env },
        maxBuffer: 1 << 26,
        timeout: 20_000,
      });
    const plain = csvOfRecorded();
    assert.ok(plain.length > 100_000);
    assert.ok(run({ TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }).equals(plain));
  });
});

function assertFits(row: Row, columns: Table['columns']): void {
  assert.deepEqual(Object.keys(row).sort(), Object.keys(columns).sort());
  for (const [column, { nullable }] of Object.entries(columns)) {
    assert.notEqual(row[column], undefined);
    if (nullable === false) assert.notEqual(row[column], null, column);
  }
}

describe('a launch', { skip: NOT_RECORDED }, () => {
  const context = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => null };
  const recorded = () => structuredClone(readRecorded('launches')[0] ?? {});

  it('has no rocket name where its rocket is unknown or null', () => {
    const launch = { ...recorded(), name: '  FalconSat\n', details: '\t ' };
    const [row] = launches.transform(launch, context)['launches'] ?? [];
    const expected = expectedLaunch(launch, []);
    for (const column of ['name', 'details', 'rocket_id', 'rocket_name']) {
      assert.equal(row?.[column], expected[column], column);
    }
    const [orphan] = launches.transform({ ...launch, rocket: null }, context)['launches'] ?? [];
    assert.deepEqual([orphan?.['rocket_id'], orphan?.['rocket_name']], [null, null]);
  });

  it('breaks its contract where a value cannot be stored or is of another kind', () => {
    const check = compileCheck(launches.contract);
    for (const [field, value, code] of [
      ['id', 'x', 'pattern'],
      ['flight_number', 2 ** 31, 'maximum'],
      ['flight_number', '1', 'type'],
      ['name', 'a\0b', 'format'],
      ['details', '\uD800', 'format'],
      ['date_utc', '2006-03-24', 'format'],
      ['date_unix', 1.5, 'type'],
      ['date_unix', 2 ** 53, 'maximum'],
      ['date_precision', 'week', 'enum'],
      ['success', 'yes', 'type'],
      ['rocket', '', 'pattern'],
      ['links', null, 'type'],
    ] as const) {
      assert.partialDeepStrictEqual(check({ ...recorded(), [field]: value }), [{ path: `/${field}`, code }]);
    }
  });
});
