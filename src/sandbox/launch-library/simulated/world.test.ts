import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Ajv, type ValidateFunction } from 'ajv';

import { MODES, showIn } from '../modes.ts';
import type { LaunchRecord, Listed } from '../world.ts';
import { SIMULATED_FROM } from './timeline.ts';
import { createSimulatedWorld } from './world.ts';

const SHARED_DATA = process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const OPEN_API = join(SHARED_DATA, 'launch-library-2/openapi_2.3.0.json');

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Fields that depend on the time of the request. */
const COUNTERS = /_launch_count|_launches"|_landings"|_landing_count|_attempt_count"|total_attempted_/;

test('initially lists the requested number of launches', () => {
  for (const launches of [0, 1, 30, 205, 851]) {
    assert.equal(createSimulatedWorld(7, launches).at(SIMULATED_FROM).length, launches);
  }
  assert.ok(createSimulatedWorld(7, 205).at(SIMULATED_FROM + 365 * DAY).length > 300);
});

test('the same seed and time produce the same records, and a different seed produces different records', () => {
  const textAt = (seed: number): string =>
    JSON.stringify(recordsAt(createSimulatedWorld(seed, 60).at(SIMULATED_FROM + 17 * DAY)));
  assert.equal(textAt(1), textAt(1));
  assert.notEqual(textAt(1), textAt(2));
});

test('a launch changes only with its last_updated, which never decreases and is never in the future', () => {
  const world = createSimulatedWorld(3, 60);
  const known = new Map<string, { readonly updated: number; readonly text: string }>();
  const seen = { changes: 0, touches: 0, counters: 0 };
  let counters = '';
  for (let time = SIMULATED_FROM; time < SIMULATED_FROM + 45 * DAY; time += 11 * HOUR) {
    for (const launch of world.at(time)) {
      const record = launch.record();
      assert.equal(record['last_updated'], `${new Date(launch.updated).toISOString().slice(0, 19)}Z`);
      assert.equal(record['net'], `${new Date(launch.net).toISOString().slice(0, 19)}Z`);
      assert.ok(launch.updated <= time);
      const text = ownText(record);
      const before = known.get(launch.id);
      if (before !== undefined) {
        assert.ok(launch.updated >= before.updated);
        if (launch.updated === before.updated) assert.equal(text, before.text);
        else if (text === before.text) seen.touches += 1;
        else seen.changes += 1;
      }
      known.set(launch.id, { updated: launch.updated, text });
    }
    const [first] = world.at(time);
    const all = JSON.stringify(first?.record());
    if (counters !== '' && all !== counters) seen.counters += 1;
    counters = all;
  }
  assert.ok(seen.changes > 150, `${seen.changes} changes`);
  assert.ok(seen.touches > 20, `${seen.touches} updates without a change`);
  assert.ok(seen.counters > 10, `${seen.counters} changes of counters`);
});

test('a third of all launches occasionally have the same last_updated second', () => {
  const shared = Map.groupBy(createSimulatedWorld(1, 500).at(SIMULATED_FROM + 14 * DAY), ({ updated }) =>
    Math.floor(updated / 1000),
  );
  const largest = Math.max(...[...shared.values()].map(({ length }) => length));
  assert.ok(largest > 150, `${largest} of 500`);
});

test('launches appear, and some planned launches vanish', () => {
  const world = createSimulatedWorld(1, 100);
  const at = (day: number): ReadonlySet<string> =>
    new Set(world.at(SIMULATED_FROM + day * DAY).map(({ id }) => id));
  const [before, after] = [at(180), at(360)];
  const gone = [...before].filter((id) => !after.has(id));
  assert.ok(gone.length > 0 && gone.length < 10, `${gone.length} vanished`);
  assert.ok([...after].filter((id) => !before.has(id)).length > 60);
});

test('each launch goes through planning, flight, outcome and boosters', () => {
  const world = createSimulatedWorld(1, 100);
  const days = (count: number): number => SIMULATED_FROM + count * DAY;
  const flown = world.at(days(100)).filter(({ net }) => net > days(85) && net < days(92));
  const ids = new Set(flown.map(({ id }) => id));
  const statuses = new Set<unknown>();
  const stages: LaunchRecord[] = [];
  for (let time = SIMULATED_FROM; time < days(94); time += time < days(84) ? DAY : 25 * 60_000) {
    for (const launch of world.at(time).filter(({ id }) => ids.has(id))) {
      const { status, rocket } = launch.record() as {
        status: { id: number };
        rocket: { launcher_stage: LaunchRecord[] };
      };
      statuses.add(status.id);
      stages.push(...rocket.launcher_stage);
    }
  }
  for (const status of [1, 2, 3, 6, 8]) assert.ok(statuses.has(status), `no status ${status}`);
  const serials = new Set(stages.map(({ launcher }) => (launcher as LaunchRecord)['serial_number']));
  assert.ok(serials.has('Unknown H9') && serials.size > 2);
  const landings = new Set(stages.map(({ landing }) => (landing as LaunchRecord)['success']));
  assert.ok(landings.has(null) && landings.has(true));
});

test('marks every response as simulated', () => {
  for (const { name, id } of createSimulatedWorld(1, 50).at(SIMULATED_FROM)) {
    assert.match(name, / \| Simulated Mission \d+ /);
    assert.match(id, /^[0-9a-f]{8}-0000-8000-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

describe(
  "simulated launches have the same form as the service's launches",
  { skip: existsSync(OPEN_API) ? false : `no ${OPEN_API}` },
  () => {
    const SCHEMAS = { list: 'LaunchBasic', normal: 'LaunchNormal', detailed: 'LaunchDetailed' };
    for (const mode of MODES) {
      test(`in ${mode} mode`, () => {
        const validate = compile(SCHEMAS[mode]);
        for (const day of [0, 13, 60]) {
          for (const record of recordsAt(createSimulatedWorld(1, 120).at(SIMULATED_FROM + day * DAY))) {
            const shown = showIn(mode, record);
            assert.ok(validate(shown), `${JSON.stringify(validate.errors)} in ${JSON.stringify(shown)}`);
          }
        }
      });
    }
  },
);

function recordsAt(launches: readonly Listed[]): readonly LaunchRecord[] {
  return launches.map(({ record }) => record());
}

function ownText(record: LaunchRecord): string {
  return JSON.stringify(record, (field, value: unknown) =>
    field === 'last_updated' || COUNTERS.test(`${field}"`) ? undefined : value,
  );
}

/** Fields that are null in recorded responses, although the service's OpenAPI document does not allow null. */
const NULLS: Readonly<Record<string, readonly string[]>> = {
  LandingLocation: ['location'],
  FirstStageNormal: ['previous_flight', 'turn_around_time'],
  LauncherNormal: ['fastest_turnaround'],
};

/** Compiles a schema from the service's OpenAPI document, and disallows additional fields. */
function compile(name: string): ValidateFunction {
  const document = JSON.parse(readFileSync(OPEN_API, 'utf8'), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { nullable, ...schema } = value as Record<string, unknown>;
    const closed = 'properties' in schema ? { ...schema, additionalProperties: false } : schema;
    return nullable === true ? { anyOf: [{ type: 'null' }, closed] } : Array.isArray(value) ? value : closed;
  }) as {
    readonly components: {
      readonly schemas: Record<string, { readonly properties: Record<string, unknown> }>;
    };
  };
  for (const [schema, fields] of Object.entries(NULLS)) {
    const { properties } = document.components.schemas[schema] ?? assert.fail(schema);
    for (const field of fields) properties[field] = { anyOf: [{ type: 'null' }, properties[field]] };
  }
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'api');
  return ajv.compile({ $ref: `api#/components/schemas/${name}` });
}
