import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { rows } from '../../src/adapters/postgres/session.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { Row } from '../../src/core/table.ts';
import launches from '../../src/resources/launches.ts';
import rockets from '../../src/resources/rockets.ts';
import { expectedLaunch, NOT_RECORDED, readRecorded } from './recorded.ts';
import { ANY_LOSS, beginRun, openLab, RULES, stage, type Lab, type OpenDatabase } from './target-lab.ts';
import { publish } from '../../src/steps/publish.ts';

/** The recorded answers of the real API through transform, CSV, COPY and publish. */
export function testRecorded(openDatabase: OpenDatabase): void {
  describe('the recorded launches and rockets', { skip: NOT_RECORDED }, () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    async function pull(transformedAt: string) {
      const run = await beginRun(lab);
      const make = (
        resource: Resource,
        records: readonly unknown[],
        names: ReadonlyMap<string, string | null>,
      ) =>
        records.flatMap((record): readonly Row[] => {
          const context = { transformedAt, lookup: (_: string, id: string) => names.get(id) ?? null };
          return resource.transform(record, context)[resource.name] ?? [];
        });
      const rocketRows = make(rockets, readRecorded('rockets'), new Map());
      const first = await stage(run, { resource: rockets, rows: { rockets: rocketRows } });
      const names = await run.target.lookup(rockets, 'name', true);
      const launchRows = make(launches, readRecorded('launches'), names);
      const second = await stage(run, { resource: launches, rows: { launches: launchRows } });
      return publish([first, second], run.target, transformedAt.startsWith('2026') ? ANY_LOSS : RULES);
    }

    it('are in the target, column by column, what the plain rules give', async () => {
      const end = await pull('2026-01-02T03:04:05.678Z');
      assert.deepEqual(
        end.entries.map(({ report }) => [report.status, report.inserted]),
        [
          ['succeeded', 4],
          ['succeeded', 205],
        ],
      );
      const found = await rows<Record<string, unknown>>(
        lab.client,
        `SELECT id, name, details, rocket_id, rocket_name, launch_date_precision, flight_number, launch_date_unix,
           success, (extract(epoch FROM launch_date_utc) * 1000)::float8 AS launch_date_utc,
           (extract(epoch FROM launch_date_local) * 1000)::float8 AS launch_date_local
         FROM launches ORDER BY id COLLATE "C"`,
      );
      const recordedRockets = readRecorded('rockets');
      const expected = readRecorded('launches').map((launch) => expectedLaunch(launch, recordedRockets));
      assert.equal(expected.length, 205);
      assert.deepEqual(
        found,
        expected.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)),
      );
      assert.equal(end.entries[1]?.report.tables['launches']?.dangling['rocket_id'], 0);
    });

    it('are found unchanged when they come again', async () => {
      const end = await pull('2027-01-02T03:04:05.678Z');
      assert.deepEqual(
        end.entries.map(({ report }) => [report.unchanged, report.inserted, report.updated, report.deleted]),
        [
          [4, 0, 0, 0],
          [205, 0, 0, 0],
        ],
      );
    });
  });
}
