import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import { startLaunchLibrary, type LaunchLibraryOptions } from '../../src/sandbox/launch-library/server.ts';
import { SIMULATED_FROM } from '../../src/sandbox/launch-library/simulated/timeline.ts';
import { createWorld } from '../../src/sandbox/launch-library/world.ts';
import {
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { launchesOfLandings } from '../support/launch-library/landed-launches.ts';
import { NOT_RECORDED, readRecorded, recordedPath, type Json } from '../support/launch-library/recorded.ts';
import { readRecordedStates } from '../support/launch-library/recorded-world.ts';

const SPACEX = 121;

void describe('recorded launches', { skip: NOT_RECORDED }, () => {
  void test('are served from their file exactly as recorded', async (t) => {
    const { get } = await started(t, { records: recordedPath('page') });
    const recorded: readonly Json[] = readRecorded('page')['results'];
    for (const mode of ['normal', 'detailed']) {
      const page = await get(`?limit=100&mode=${mode}`);
      assert.deepEqual([page['count'], page['next']], [100, null]);
      assert.deepEqual(page['results'], recorded);
    }
    assert.equal((await get(`?lsp__id=${SPACEX}&limit=1`))['count'], 51);
    const keys = (launch: Json): readonly string[] => Object.keys(launch);
    const [list] = (await get('?limit=1&mode=list'))['results'];
    assert.deepEqual(keys(list), keys(recorded[0] ?? {}).slice(0, 14));
  });

  void test('can be read from a page or from a single record', async (t) => {
    const two = await (await started(t, { records: recordedPath('two') })).get('');
    assert.deepEqual(two['results'], readRecorded('two')['results']);
    const sputnik = readRecorded('sputnik');
    const one = await started(t, { records: recordedPath('sputnik') });
    assert.deepEqual((await one.get('?mode=detailed'))['results'], [sputnik]);
    // The launch was recorded in both modes, so the fields that the stand-in omits can be compared with the
    // fields that the service omits.
    const [normal] = readRecorded('two')['results'] as readonly [Json];
    const [shown] = (await one.get(''))['results'] as readonly [Json];
    assert.deepEqual(Object.keys(shown), Object.keys(normal));
    for (const field of ['rocket', 'launch_service_provider', 'mission', 'pad', 'response_mode']) {
      assert.deepEqual(formOf(shown[field]), formOf(normal[field]), field);
    }
  });

  void test('are served as of a given time', async (t) => {
    const recorded: readonly Json[] = readRecorded('page')['results'];
    const times = recorded.map(({ last_updated: time }) => String(time)).toSorted();
    const middle = times[49] ?? '';
    const { get } = await started(t, { records: recordedPath('page'), at: Date.parse(middle) });
    const page = await get('?limit=100&ordering=-last_updated');
    assert.equal(page['count'], 50);
    assert.equal(page['results'][0].last_updated, middle);
  });

  void test('have the format of version 2.3.0 after conversion from 2.2.0', () => {
    const real = shapeOf(readRecorded('page')['results']);
    const { states } = readRecordedStates();
    for (const [path, types] of shapeOf(states.map(({ record }) => record))) {
      // The recorded page of version 2.3.0 has no mission links. According to the documentation, they are the
      // same as in version 2.2.0.
      if (path.includes('.mission.info_urls[]')) continue;
      const admitted = real.get(path) ?? assert.fail(`there is no ${path}`);
      const unknown = [...types].filter((type) => !admitted.has(type) && type !== 'null');
      assert.deepEqual(unknown, [], path);
    }
  });

  void test('reproduce 121 launches in 647 versions, minute by minute', async (t) => {
    const { states, minutes } = readRecordedStates();
    assert.deepEqual([minutes.length, states.length], [400, 647]);
    assert.deepEqual(
      minutes,
      minutes.toSorted((one, other) => one - other),
    );
    let now = 0;
    const { get } = await started(t, { world: createWorld(states), clock: { now: () => now } });
    const seen = new Map<string, Json>();
    let until = '2000-01-01T00:00:00Z';
    for (const minute of minutes) {
      now = minute;
      for (let query = `?limit=100&ordering=last_updated&last_updated__gte=${until}`; query !== '';) {
        const page = await get(query);
        for (const launch of page['results']) seen.set(`${launch.id} ${launch.last_updated}`, launch);
        query = page['next'] === null ? '' : new URL(page['next']).search;
      }
      until = `${new Date(minute - 600_000).toISOString().slice(0, 19)}Z`;
    }
    const all = [...seen.values()];
    const own = all.filter(({ launch_service_provider: provider }) => provider.id === SPACEX);
    assert.deepEqual(figuresOf(all), { launches: 121, versions: 647, history: 531 });
    assert.deepEqual(figuresOf(own), { launches: 65, versions: 425, history: 342 });
  });

  void test('provide 79 first stages for detailed launches', async (t) => {
    const launches = launchesOfLandings();
    const stages = launches.map(({ rocket }) => rocket.launcher_stage[0]);
    assert.equal(new Set(launches.map(({ id }) => id)).size, 79);
    assert.equal(new Set(stages.map(({ id }) => id)).size, 79);
    const count = (wanted: (stage: Json) => boolean): number => stages.filter(wanted).length;
    assert.equal(
      count(({ launcher }) => launcher.is_placeholder),
      17,
    );
    assert.equal(
      count(({ turn_around_time: time }) => time === null),
      23,
    );
    assert.equal(
      count(({ previous_flight: flight }) => flight === null),
      46,
    );
    assert.equal(
      count(({ landing }) => landing.type.abbrev === 'ASDS'),
      60,
    );
    const { get } = await started(t, { world: createChangingWorld(launches) });
    assert.equal((await get(`?lsp__id=${SPACEX}`))['count'], 79);
    assert.deepEqual((await get('?mode=detailed&limit=1'))['results'], launches.slice(0, 1));
  });
});

void test('a test can change simulated launches between two pages', async (t) => {
  const launches = simulatedLaunches(8);
  const world = createChangingWorld(launches);
  const key = ({ net, id }: Json): string => `${net} ${id}`;
  const order = launches.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
  const [first, second] = order as [Json, Json];
  let pages = 0;
  const { get } = await started(t, {
    world,
    at: SIMULATED_FROM,
    beforeAnswer() {
      pages += 1;
      if (pages < 2) return;
      world.put(updatedAt(first, SIMULATED_FROM, { net: '2030-01-01T00:00:00Z' }));
      world.drop(String(second['id']));
    },
  });
  const ids = (page: Json): readonly string[] => page['results'].map(({ id }: Json) => id);
  const one = ids(await get('?ordering=net,id&limit=4'));
  const two = ids(await get('?ordering=net,id&limit=4&offset=4'));
  assert.deepEqual(
    one,
    order.slice(0, 4).map(({ id }) => id),
  );
  assert.deepEqual(
    two,
    [order[6], order[7], first].map((launch) => launch?.['id']),
  );
  const [changed] = (await get(`?id=${first['id']}`))['results'];
  assert.equal(changed.last_updated, '2026-01-01T00:00:00Z');
});

async function started(t: TestContext, options: LaunchLibraryOptions) {
  const library = await startLaunchLibrary({ requestsPerWindow: 1e6, ...options });
  t.after(library.close);
  return {
    get: async (query: string): Promise<Json> => {
      const response = await fetch(`${library.baseUrl}launches/${query}`);
      assert.equal(response.status, 200, query);
      return (await response.json()) as Json;
    },
  };
}

/**
 * Counts launches, versions and history rows. A history row covers consecutive versions with the same time,
 * probability, place and rocket.
 */
function figuresOf(versions: readonly Json[]) {
  const byLaunch = Map.groupBy(versions, ({ id }) => String(id));
  let history = 0;
  for (const group of byLaunch.values()) {
    const told = group
      .toSorted((one, other) => (one['last_updated'] < other['last_updated'] ? -1 : 1))
      .map((launch) => JSON.stringify(toldBy(launch)));
    history += told.filter((text, index) => text !== told[index - 1]).length;
  }
  return { launches: byLaunch.size, versions: versions.length, history };
}

function toldBy(launch: Json): readonly unknown[] {
  const { name, status, net, net_precision: precision, pad, rocket } = launch;
  return [
    [name, status.id, net, precision?.id, launch['window_start'], launch['window_end']],
    [
      pad.id,
      rocket.configuration.id,
      launch['probability'],
      launch['weather_concerns'],
      launch['failreason'],
    ],
  ];
}

function formOf(value: unknown): string {
  return JSON.stringify([...shapeOf([value]).entries()].map(([path, types]) => [path, ...types]));
}

/** The types of the values by path. The type of an object is the list of its keys. */
function shapeOf(values: readonly unknown[]): ReadonlyMap<string, ReadonlySet<string>> {
  const shape = new Map<string, Set<string>>();
  const visit = (value: unknown, path: string): void => {
    shape.set(path, (shape.get(path) ?? new Set()).add(typeOf(value)));
    if (Array.isArray(value)) for (const one of value) visit(one, `${path}[]`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, `${path}.${key}`);
    }
  };
  for (const value of values) visit(value, '');
  return shape;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' ? Object.keys(value).join() : typeof value;
}
