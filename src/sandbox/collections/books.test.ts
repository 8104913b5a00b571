import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createUniverse, REVISIONS } from '../universe/universe.ts';
import { createCollections } from './index.ts';
import { createLaunches } from './launches.ts';

type Core = {
  readonly core: string | null;
  readonly flight: number | null;
  readonly reused: boolean | null;
  readonly landing_attempt: boolean | null;
  readonly landing_success: boolean | null;
  readonly landing_type: string | null;
  readonly landpad: string | null;
};

type Launch = {
  readonly id: string;
  readonly name: string;
  readonly upcoming: boolean;
  readonly success: boolean | null;
  readonly rocket: string;
  readonly launchpad: string;
  readonly date_unix: number;
  readonly date_local: string;
  readonly payloads: readonly string[];
  readonly ships: readonly string[];
  readonly capsules: readonly string[];
  readonly fairings: { readonly ships: readonly string[] } | null;
  readonly crew: readonly { readonly crew: string }[];
  readonly cores: readonly Core[];
};

// oxlint-disable-next-line typescript/no-explicit-any -- records of fourteen kinds, whose fields are tested
type Any = Record<string, any>;

const DAY = 86_400;

for (const [seed, size] of [
  [1, 1],
  [2, 12],
  [1, 205],
  [3, 205],
  [7, 6000],
] as const) {
  for (let revision = 1; revision <= REVISIONS; revision += 1) {
    if (size === 6000 && revision === 2) continue;
    describe(`the books of ${size} launches, seed ${seed}, revision ${revision}`, () => {
      const universe = createUniverse(seed, size, revision);
      const collections = new Map(
        [...createCollections(universe)].map(([name, { count, json }]) => [
          name,
          Array.from({ length: count }, (_, index): Any => JSON.parse(json(index))),
        ]),
      );
      const all = (name: string): readonly Any[] => collections.get(name) ?? assert.fail(name);
      const byId = (name: string): ReadonlyMap<string, Any> =>
        new Map(all(name).map((record) => [record['id'], record]));
      const v5 = createLaunches(universe, 'v5');
      const launches = Array.from({ length: v5.count }, (_, index): Launch => JSON.parse(v5.json(index)));
      const past = launches.filter(({ upcoming }) => !upcoming);
      const dates = new Map(launches.map(({ id, date_unix }) => [id, date_unix]));

      /** Ids of past launches, grouped by what they refer to. */
      const launchesBy = (named: (launch: Launch) => readonly string[]): ReadonlyMap<string, string[]> => {
        const found = new Map<string, string[]>();
        for (const launch of past) {
          for (const id of new Set(named(launch))) found.set(id, [...(found.get(id) ?? []), launch.id]);
        }
        return found;
      };
      const agree = (name: string, named: (launch: Launch) => readonly string[]): void => {
        const expected = launchesBy(named);
        for (const { id, launches: told } of all(name))
          assert.deepEqual(told, expected.get(id) ?? [], `${name} ${id}`);
        for (const launch of launches) {
          for (const id of named(launch))
            assert.ok(byIds.get(name)?.has(id), `${launch.name}: ${name} ${id}`);
        }
      };
      const byIds = new Map([...collections.keys()].map((name) => [name, byId(name)]));

      it('contain every kind of record, with unique ids and names', () => {
        for (const [name, records] of collections) {
          assert.ok(records.length > 0, name);
          assert.equal(byIds.get(name)?.size, records.length);
          const names = records.map((record) => record['name'] ?? record['serial'] ?? record['id']);
          assert.equal(new Set(names).size, records.length, name);
        }
      });

      it('agree on who flew when', () => {
        agree('cores', ({ cores }) => cores.flatMap(({ core }) => core ?? []));
        agree('landpads', ({ cores }) => cores.flatMap(({ landpad }) => landpad ?? []));
        agree('capsules', ({ capsules }) => capsules);
        agree('ships', ({ ships, fairings }) => [...ships, ...(fairings?.ships ?? [])]);
        agree('launchpads', ({ launchpad }) => [launchpad]);
        agree('crew', ({ crew }) => crew.map(({ crew: member }) => member));
      });

      it('number the flights of a core consecutively, with time between them', () => {
        const flights = new Map<string, { flight: number; at: number }>();
        for (const { name, date_unix, cores, upcoming } of launches) {
          for (const { core, flight, reused } of cores) {
            if (core === null || flight === null) continue;
            const before = flights.get(core);
            assert.equal(flight, (before?.flight ?? 0) + 1, `${name} ${core}`);
            assert.equal(reused, flight > 1);
            if (before !== undefined && !upcoming)
              assert.ok(date_unix - before.at >= 20 * DAY, `${name} ${core}`);
            flights.set(core, { flight, at: date_unix });
          }
        }
      });

      it('allow time between the flights of a capsule and its crew', () => {
        for (const { launches: told } of [...all('capsules'), ...all('crew')]) {
          const times = told.map((id: string) => dates.get(id));
          for (const [index, at] of times.entries()) {
            if (index > 0) assert.ok(at - times[index - 1] >= 60 * DAY);
          }
        }
      });

      it('agree with the launches on the landings of cores and on landpads', () => {
        const flights = past.flatMap(({ cores }) => cores);
        const count = (wanted: (core: Core) => boolean): number =>
          flights.filter((core) => wanted(core)).length;
        for (const core of all('cores')) {
          const of = (type: string, landed: boolean): number =>
            count(
              (one) =>
                one.core === core['id'] &&
                one.landing_type === type &&
                (!landed || one.landing_success === true),
            );
          assert.deepEqual(
            [core['rtls_attempts'], core['rtls_landings'], core['asds_attempts'], core['asds_landings']],
            [of('RTLS', false), of('RTLS', true), of('ASDS', false), of('ASDS', true)],
          );
          assert.equal(core['reuse_count'], Math.max(0, core['launches'].length - 1));
        }
        for (const pad of all('landpads')) {
          assert.equal(
            pad['landing_attempts'],
            count(({ landpad }) => landpad === pad['id']),
          );
          assert.equal(
            pad['landing_successes'],
            count(({ landpad, landing_success }) => landpad === pad['id'] && landing_success === true),
          );
        }
        for (const { landing_attempt, landing_type, landing_success, landpad } of flights) {
          assert.equal(landing_attempt, landing_type !== null);
          if (landing_type === null) assert.deepEqual([landing_success, landpad], [null, null]);
          if (landpad !== null) assert.equal(byIds.get('landpads')?.get(landpad)?.['type'], landing_type);
        }
      });

      it('agree with the launches on launchpads and their time zones', () => {
        for (const pad of all('launchpads')) {
          const from = past.filter(({ launchpad }) => launchpad === pad['id']);
          assert.equal(pad['launch_attempts'], from.length);
          assert.equal(pad['launch_successes'], from.filter(({ success }) => success === true).length);
        }
        for (const { launchpad, rocket, date_unix, date_local } of launches.slice(0, 500)) {
          const pad = byIds.get('launchpads')?.get(launchpad) ?? assert.fail(launchpad);
          assert.ok(byIds.get('rockets')?.has(rocket));
          assert.ok(pad['rockets'].includes(rocket));
          assert.equal(date_local.slice(-6), offsetIn(pad['timezone'], date_unix));
        }
        for (const { id, rockets } of all('launchpads')) {
          const used = new Set(
            launches.filter(({ launchpad }) => launchpad === id).map(({ rocket }) => rocket),
          );
          assert.deepEqual(new Set(rockets), used);
        }
      });

      it('agree on payloads, capsules, dragons and starlinks', () => {
        const listed = new Map(
          launches.flatMap(({ id, payloads }) => payloads.map((payload) => [payload, id])),
        );
        assert.deepEqual(listed, new Map(all('payloads').map(({ id, launch }) => [id, launch])));
        const byLaunch = new Map(launches.map((launch) => [launch.id, launch]));
        for (const { launch, type, reused, dragon } of all('payloads')) {
          const [capsule] = byLaunch.get(launch)?.capsules ?? [];
          assert.equal(dragon.capsule, capsule ?? null);
          if (capsule === undefined) continue;
          const { type: own, launches: told } = byIds.get('capsules')?.get(capsule) ?? assert.fail(capsule);
          assert.equal(type, own);
          if (told.includes(launch)) assert.equal(reused, told[0] !== launch);
        }
        for (const { type, dragon, reuse_count, water_landings, launches: told } of all('capsules')) {
          assert.equal(dragon !== undefined, type === 'Dragon 2.0');
          if (dragon !== undefined) assert.match(byIds.get('dragons')?.get(dragon)?.['name'], /^Dragon 2 /);
          assert.deepEqual([reuse_count, water_landings], [Math.max(0, told.length - 1), told.length]);
        }
        const numbers = all('payloads').flatMap(({ norad_ids }) => norad_ids);
        assert.equal(new Set(numbers).size, numbers.length);
        const flown = new Set(past.map(({ id }) => id));
        for (const { launch, spaceTrack } of all('starlink')) {
          if (launch === null) continue;
          assert.ok(flown.has(launch));
          if (byLaunch.get(launch)?.success !== false) assert.ok(numbers.includes(spaceTrack.NORAD_CAT_ID));
          else assert.equal(spaceTrack.DECAYED, 1);
        }
      });
    });
  }
}

describe('a collection', () => {
  it('is the same for the same seed, in any order, and different for a different seed', () => {
    const one = [...createCollections(createUniverse(5, 300)).values()];
    const again = createCollections(createUniverse(5, 300));
    const other = createCollections(createUniverse(6, 300));
    for (const { name, count, json, id, indexOf } of one) {
      const texts = Array.from({ length: count }, (_, index) => json(index));
      const same = again.get(name) ?? assert.fail(name);
      assert.equal(same.count, count);
      for (let index = count - 1; index >= 0; index -= 1) {
        assert.equal(same.json(index), texts[index]);
        assert.equal(indexOf(id(index)), index);
        assert.equal(JSON.parse(texts[index] ?? '').id, id(index));
        assert.notEqual(other.get(name)?.json(index), texts[index]);
      }
      assert.ok(
        texts.every((text) => /simulated|"serial":"SIM/i.test(text)),
        name,
      );
    }
  });
});

function offsetIn(timeZone: string, seconds: number): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')?.value;
  return name === 'GMT' ? '+00:00' : (name ?? '').slice(3);
}
