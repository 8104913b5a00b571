import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ident } from '../../src/adapters/postgres/sql.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { loadAll } from './load-all.ts';
import { testRecordedChecks } from './recorded-checks.ts';
import { testRecordedFacts } from './recorded-facts.ts';
import { testRecordedViews } from './recorded-views.ts';
import { expectedLaunch, NOT_RECORDED, readRecorded, RECORDED_ROWS } from './recorded.ts';
import { openLab, type Lab, type OpenDatabase } from './target-lab.ts';

const { resources } = spacex;

/** Sends the recorded responses of the real API through transform, CSV, COPY and publish. */
export function testRecorded(openDatabase: OpenDatabase): void {
  describe('the recorded responses', { skip: NOT_RECORDED }, () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    it('fill every table with as many rows as the files contain', async () => {
      const { entries } = await loadAll(lab, readRecorded, '2026-01-02T03:04:05.678Z');
      for (const { resource, report } of entries) {
        assert.equal(report.status, 'succeeded', resource.name);
        const counts = Object.entries(report.tables).map(([table, { inserted }]) => [table, inserted]);
        assert.deepEqual(Object.fromEntries(counts), RECORDED_ROWS[resource.name]);
      }
      for (const { name } of resources.flatMap(({ tables }) => tables)) {
        const [found] = await lab.session.rows<{ n: number }>(`SELECT count(*) AS n FROM ${ident(name)}`);
        assert.equal(found?.n, Object.assign({}, ...Object.values(RECORDED_ROWS))[name], name);
      }
    });

    it('reference existing rows, except for removed launches and for crew members who flew after the crew was recorded', async () => {
      const found = await lab.session.rows<{
        table_name: string;
        dangling: Readonly<Record<string, number>>;
      }>('SELECT table_name, dangling FROM run_tables ORDER BY table_name');
      const dangling = found.flatMap((one) =>
        Object.entries(one.dangling)
          .filter(([, count]) => count > 0)
          .map(([column, count]) => [`${one.table_name}.${column}`, count]),
      );
      assert.deepEqual(Object.fromEntries(dangling), {
        'launch_crew.crew_id': 12, // Ax-1, Crew-4 and Crew-5 flew after October 2021
        'payloads.launch_id': 4, // Starlink 2-2, IM-1, Psyche and Janus: their launches were removed
      });
    });

    it('produce the launch columns that simple rules predict', async () => {
      const found = await lab.session.rows<
        Record<string, unknown>
      >(`SELECT id, name, details, rocket_id, rocket_name, launch_date_precision, flight_number, launch_date_unix,
           success, (extract(epoch FROM launch_date_utc) * 1000)::float8 AS launch_date_utc,
           (extract(epoch FROM launch_date_local) * 1000)::float8 AS launch_date_local
         FROM launches ORDER BY id COLLATE "C"`);
      const recordedRockets = readRecorded('rockets');
      const expected = readRecorded('launches').map((launch) => expectedLaunch(launch, recordedRockets));
      assert.equal(expected.length, 205);
      assert.deepEqual(
        found,
        expected.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)),
      );
    });

    testRecordedViews(() => lab);
    testRecordedChecks(() => lab);
    testRecordedFacts(() => lab);

    it('are recognized as unchanged when they arrive again', async () => {
      const { entries } = await loadAll(lab, readRecorded, '2027-01-02T03:04:05.678Z');
      for (const { resource, report } of entries) {
        for (const [table, { unchanged, inserted, updated, deleted }] of Object.entries(report.tables)) {
          assert.deepEqual(
            [unchanged, inserted, updated, deleted],
            [RECORDED_ROWS[resource.name]?.[table], 0, 0, 0],
            table,
          );
        }
      }
    });
  });
}
