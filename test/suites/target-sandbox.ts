import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import spacex from '../../src/sources/spacex/source.ts';
import { createCollections } from '../../src/sandbox/collections/index.ts';
import { createLaunches } from '../../src/sandbox/collections/launches.ts';
import { createSamples } from '../../src/sandbox/collections/samples.ts';
import { createUniverse } from '../../src/sandbox/universe/universe.ts';
import { loadAll } from './load-all.ts';
import { openLab, type Lab, type OpenDatabase } from './target-lab.ts';

const { resources } = spacex;

const LAUNCHES = 400;

/**
 * Sends the sandbox's records, whose references and totals are consistent, through transform, CSV, COPY, publish,
 * views and checks.
 */
export function testSandbox(openDatabase: OpenDatabase): void {
  describe('simulated records', () => {
    const universe = createUniverse(7, LAUNCHES);
    const collections = new Map([...createCollections(universe), ...createSamples()]);
    let lab: Lab;
    let run: Awaited<ReturnType<typeof loadAll>>;
    before(async () => {
      lab = await openLab(openDatabase);
      run = await loadAll(lab, records, '2026-01-02T03:04:05.678Z');
    });
    after(() => lab.close());

    function records(name: string): readonly unknown[] {
      const { path = '' } = resources.find((resource) => resource.name === name) ?? {};
      const collection =
        name === 'launches' ? createLaunches(universe, 'v5') : collections.get(path.split('/').at(-1) ?? '');
      const { count, json } = collection ?? assert.fail(name);
      return Array.from({ length: count }, (_, index) => JSON.parse(json(index)));
    }

    async function value(sql: string): Promise<unknown> {
      const [row] = await lab.session.rows<{ value: unknown }>(`SELECT (${sql}) AS value`);
      return row?.value;
    }

    it('load completely, without dangling references', () => {
      assert.equal(run.status, 'succeeded');
      const dangling = run.entries.flatMap(({ report }) =>
        Object.values(report.tables).flatMap((table) => Object.values(table.dangling)),
      );
      assert.deepEqual([...new Set(dangling)], [0]);
    });

    it('cause no errors in data checks', async () => {
      const results = await run.target.check(resources);
      assert.deepEqual(
        results.filter(
          ({ severity, count, error }) => error !== null || (severity === 'error' && count !== 0),
        ),
        [],
      );
    });

    for (const [view, counted, there] of [
      [
        'launch_cadence',
        'SELECT sum(launches)::integer FROM launch_cadence',
        `count(*) FILTER (WHERE NOT upcoming)`,
      ],
      [
        'launch_success',
        'SELECT sum(succeeded + failed + unknown)::integer FROM launch_success',
        `count(*) FILTER (WHERE NOT upcoming)`,
      ],
    ] as const) {
      it(`make the ${view} view count each launch once`, async () => {
        assert.equal(await value(counted), await value(`SELECT ${there} FROM launches`));
      });
    }

    it('produce booster, landing and payload views that add up to the counts of cores, pads and payloads', async () => {
      assert.equal(
        await value('SELECT sum(flights - 1)::integer FROM booster_reuse'),
        await value('SELECT sum(reuse_count)::integer FROM cores'),
      );
      assert.equal(await value('SELECT count(*) FROM booster_flights WHERE turnaround_days <= 0'), 0);
      assert.deepEqual(
        await lab.session.rows(
          `SELECT landpad_id, sum(attempts)::integer AS attempts FROM landing_success WHERE landpad_id IS NOT NULL GROUP BY 1 ORDER BY 1`,
        ),
        await lab.session.rows(
          `SELECT id AS landpad_id, landing_attempts AS attempts FROM landpads WHERE landing_attempts > 0 ORDER BY 1`,
        ),
      );
      const payloads = await value('SELECT count(*) FROM payload_flights');
      assert.ok(Number(payloads) > 0);
      assert.equal(await value('SELECT sum(payloads)::integer FROM payload_mass_by_orbit'), payloads);
      assert.equal(
        await value('SELECT sum(payloads)::integer FROM payload_mass_by_customer'),
        await value(
          'SELECT count(*) FROM (SELECT DISTINCT payload_id, customer FROM payload_customers JOIN payload_flights USING (payload_id)) AS ordered',
        ),
      );
    });

    it('produce static fire, crew, ship and shell views that add up to the underlying rows', async () => {
      for (const [sum, of] of [
        [
          'SELECT count(*) FROM static_fires WHERE days_to_launch > 0',
          'SELECT count(static_fire_date_utc) FROM launches',
        ],
        [
          'SELECT count(*) FROM launch_times WHERE local_time AT TIME ZONE timezone IS NOT NULL',
          'SELECT count(*) FROM launches',
        ],
        ['SELECT count(*) FROM crew_flights WHERE crew_name IS NOT NULL', 'SELECT count(*) FROM launch_crew'],
        ['SELECT sum(launches)::integer FROM ship_recoveries', 'SELECT count(*) FROM ship_launches'],
        [
          'SELECT sum(satellites)::integer FROM starlink_shells',
          'SELECT count(*) FROM starlink WHERE decayed = 0',
        ],
      ] as const) {
        const there = await value(of);
        assert.ok(Number(there) > 0, of);
        assert.equal(await value(sum), there, sum);
      }
    });
  });
}
