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
import { assertFits } from '../../../test/suites/resource-suite.ts';
import { compileValidation } from '../../core/validation.ts';
import launches from './launches.ts';
import spacex from './source.ts';

const { resources } = spacex;

describe('recorded API responses', { skip: NOT_RECORDED }, () => {
  const context = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => 'a rocket' };
  const recorded = resources.filter(({ name }) => Object.hasOwn(RECORDED_ROWS, name));

  it('satisfy their contracts', () => {
    for (const { name, contract } of recorded) {
      const check = compileValidation(contract);
      const records = readRecorded(name);
      assert.deepEqual(
        records.flatMap((record) => check(record) ?? []),
        [],
      );
      assert.equal(records.length, RECORDED_ROWS[name]?.[name], name);
    }
  });

  it('become the expected number of rows, with every column and with null only in nullable columns', () => {
    for (const resource of recorded) {
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

  it('are not changed by a transform', () => {
    const [launch] = readRecorded('launches');
    const copy = structuredClone(launch);
    const first = launches.transform(launch, context);
    assert.deepEqual(launches.transform(launch, context), first);
    assert.deepEqual(launch, copy);
  });

  it('produce the same bytes in every time zone and locale', () => {
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

describe('a launch', { skip: NOT_RECORDED }, () => {
  const context = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => null };
  const recorded = () => structuredClone(readRecorded('launches')[0] ?? {});

  it('has no rocket name if its rocket is unknown or null', () => {
    const launch = { ...recorded(), name: '  FalconSat\n', details: '\t ' };
    const [row] = launches.transform(launch, context)['launches'] ?? [];
    const expected = expectedLaunch(launch, []);
    for (const column of ['name', 'details', 'rocket_id', 'rocket_name']) {
      assert.equal(row?.[column], expected[column], column);
    }
    const [orphan] = launches.transform({ ...launch, rocket: null }, context)['launches'] ?? [];
    assert.deepEqual([orphan?.['rocket_id'], orphan?.['rocket_name']], [null, null]);
  });

  it('breaks its contract if a value cannot be stored or has the wrong type', () => {
    const check = compileValidation(launches.contract);
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
