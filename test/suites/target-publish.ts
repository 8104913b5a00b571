import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import type { Row } from '../../src/core/table.ts';
import {
  ANY_LOSS,
  beginRun,
  load,
  openLab,
  read,
  RULES,
  runRow,
  snapshot,
  stage,
  stageAndPublish,
  type Lab,
  type Load,
  type OpenDatabase,
} from './target-lab.ts';
import { maker, makers, part, parts, tag } from './target-resources.ts';
import { publish } from '../../src/steps/publish.ts';

/** Tests the cases in which a publish fails: unbalanced books, vanished rows, failed needs, all or nothing. */
export function testPublish(openDatabase: OpenDatabase): void {
  describe('a publish', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());
    beforeEach(() => load(lab, [makersLoad(ten('m')), partsLoad(ten('p').map((id) => part(id)))]));

    it('writes balanced books for each resource and table', async () => {
      const mains = [...ten('p').slice(1), 'new'].map((id) => part(id, { note: id, maker_id: 'm0' }));
      const end = await load(lab, [makersLoad(ten('m')), { ...partsLoad(mains), held: ['broken'] }]);
      assert.equal(end.status, 'succeeded');
      const resources = await lab.session.rows(
        `SELECT resource, status, received, validated, errored, not_modified, seconds, error
         FROM run_resources WHERE run_id = $1 ORDER BY 1`,
        [end.id],
      );
      const rest = { status: 'succeeded', not_modified: false, seconds: 0.25, error: null };
      assert.deepEqual(resources, [
        { resource: 'makers', received: 10, validated: 10, errored: 0, ...rest },
        { resource: 'parts', received: 11, validated: 10, errored: 1, ...rest },
      ]);
      const [table] = await lab.session.rows(
        `SELECT staged, inserted, updated, unchanged, deleted, held, live_before, live_after, dangling
         FROM run_tables WHERE run_id = $1 AND table_name = 'parts'`,
        [end.id],
      );
      assert.deepEqual(table, {
        staged: 10,
        inserted: 1,
        updated: 9,
        unchanged: 0,
        deleted: 1,
        held: 0,
        live_before: 10,
        live_after: 10,
        dangling: { maker_id: 0 },
      });
      assert.partialDeepStrictEqual(await runRow(lab, end.id), { status: 'succeeded', error: null });
    });

    it('counts references that match no row', async () => {
      const mains = ten('p').map((id, index) => part(id, { maker_id: index < 3 ? `nobody ${index}` : 'm1' }));
      const end = await load(lab, [makersLoad(ten('m')), partsLoad(mains)]);
      assert.deepEqual(end.entries[1]?.report.tables['parts']?.dangling, { maker_id: 3 });
    });

    for (const [what, wrong] of [
      ['more rows copied than staged', { staged: { parts: 11 } }],
      ['fewer child rows copied than staged', { staged: { part_tags: -1 } }],
      ['received ≠ validated + errored', { report: { received: 12 } }],
      ['validated ≠ staged', { report: { received: 11, validated: 11 } }],
    ] satisfies [string, Partial<Load>][]) {
      it(`fails and changes nothing if the books do not balance: ${what}`, async () => {
        const mains = [...ten('p').slice(1), 'new'].map((id) => part(id, { note: 'changed' }));
        const run = await beginRun(lab);
        const asItWas = await snapshot(lab);
        const loads = [makersLoad([...ten('m'), 'new']), { ...partsLoad(mains), ...wrong }];
        await assert.rejects(stageAndPublish(run, loads, ANY_LOSS), { code: 'books' });
        assert.deepEqual(await snapshot(lab), asItWas);
        assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'running' });
      });
    }

    for (const action of ['INSERT', 'UPDATE', 'DELETE']) {
      it(`fails and changes nothing if the books do not balance: a trigger suppresses the ${action}`, async () => {
        await lab.session.query(`
          CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
          CREATE TRIGGER eat BEFORE ${action} ON parts FOR EACH ROW EXECUTE FUNCTION eat()`);
        const mains = [...ten('p').slice(1), 'new'].map((id) => part(id, { note: 'changed' }));
        const run = await beginRun(lab);
        const asItWas = await snapshot(lab);
        const loads = [makersLoad([...ten('m'), 'new']), partsLoad(mains)];
        const published = stageAndPublish(run, loads, ANY_LOSS);
        try {
          await assert.rejects(published, { code: 'books' });
          assert.deepEqual(await snapshot(lab), asItWas);
        } finally {
          await lab.session.query('DROP FUNCTION eat CASCADE');
        }
      });
    }

    it('fails a resource that would lose too many rows, and skips the resources that need it', async () => {
      const asItWas = await snapshot(lab);
      const end = await load(lab, [makersLoad(['m0', 'new']), partsLoad(ten('p').map((id) => part(id)))], {
        ...RULES,
        vanished: () => ({ count: 8, share: 0.1 }),
      });
      assert.equal(end.status, 'failed');
      assert.equal(end.error?.code, 'vanished');
      assert.deepEqual(
        end.entries.map(({ report }) => [report.status, report.error?.code, report.tables]),
        [
          ['failed', 'vanished', {}],
          ['skipped', 'need', {}],
        ],
      );
      assertSameTables(await snapshot(lab), asItWas);
      assert.partialDeepStrictEqual(await runRow(lab, end.id), {
        status: 'failed',
        error: { code: 'vanished' },
      });
    });

    for (const [gone, vanished, refused] of [
      [6, { count: 5, share: 0.1 }, true],
      [5, { count: 5, share: 0.1 }, false],
      [6, { count: 5, share: 0.6 }, false],
      [6, { count: 5, share: 0.59 }, true],
      [6, { count: 6, share: 0 }, false],
    ] as const) {
      const limits = `${vanished.count} and ${vanished.share * 100}%`;
      it(`${refused ? 'does not allow' : 'allows'} ${gone} of 10 rows to vanish with limits of ${limits}`, async () => {
        const loads = [makersLoad(ten('m')), partsLoad(ten('p', gone).map((id) => part(id)))];
        const end = await load(lab, loads, { ...RULES, vanished: () => vanished });
        assert.equal(end.status, refused ? 'partial' : 'succeeded');
        assert.equal(end.error?.code, refused ? 'vanished' : undefined);
        assert.equal((await read(lab, 'parts')).length, refused ? 10 : 10 - gone);
      });
    }

    it('does not count held rows as vanished, and counts no rows if deletes are off', async () => {
      const some = ten('p', 6).map((id) => part(id));
      const held = await load(lab, [makersLoad(ten('m')), { ...partsLoad(some), held: ten('p') }], RULES);
      assert.equal(held.status, 'succeeded');
      const off = await load(lab, [makersLoad(ten('m')), { ...partsLoad(some), deletes: false }], RULES);
      assert.equal(off.status, 'succeeded');
      assert.equal((await read(lab, 'parts')).length, 10);
    });

    it('skips resources that need a failed resource, and publishes the others', async () => {
      const run = await beginRun(lab);
      const failure = { code: 'source', message: 'Cannot fetch', hint: null } as const;
      const failed = await stage(run, {
        ...makersLoad([]),
        report: { status: 'failed', error: failure },
      });
      const other = { ...parts, name: 'lonely', needs: {} };
      const dependent = {
        ...partsLoad([]),
        resource: { ...makers, name: 'dependent', needs: { makers: 'name' } },
      };
      const derived = [
        failed,
        await stage(run, { ...partsLoad([part('only')]), resource: other, deletes: false }),
        {
          ...failed,
          ...dependent,
          whole: false,
          report: { ...failed.report, status: 'succeeded', error: null } as const,
        },
      ];
      const end = await publish(derived, run.target, ANY_LOSS);
      assert.deepEqual([end.status, end.error], ['partial', failure]);
      assert.deepEqual(
        end.entries.map(({ report }) => [report.status, report.inserted, report.error?.code]),
        [
          ['failed', 0, 'source'],
          ['succeeded', 1, undefined],
          ['skipped', 0, 'need'],
        ],
      );
      assert.equal((await read(lab, 'makers')).length, 10);
    });

    it('publishes nothing if it is atomic and one resource fails', async () => {
      const asItWas = await snapshot(lab);
      const loads = [makersLoad([...ten('m'), 'new']), partsLoad([part('only')])];
      const end = await load(lab, loads, { ...RULES, atomic: true });
      assert.deepEqual([end.status, end.error?.code], ['failed', 'vanished']);
      assert.deepEqual(
        end.entries.map(({ report }) => report.status),
        ['skipped', 'failed'],
      );
      assertSameTables(await snapshot(lab), asItWas);
    });

    it('drops the staging tables of its run', async () => {
      await load(lab, [makersLoad(ten('m'))]);
      const left = await lab.session.rows(`SELECT relname FROM pg_class WHERE relname LIKE 'staging%'`);
      assert.deepEqual(left, []);
    });
  });
}

/** `m0` to `m9`, without the first `without` ids. */
function ten(prefix: string, without = 0): string[] {
  return Array.from({ length: 10 - without }, (_, index) => `${prefix}${index + without}`);
}

function makersLoad(ids: readonly string[]): Load {
  return { resource: makers, rows: { makers: ids.map((id) => maker(id)) } };
}

function partsLoad(mains: readonly Row[]): Load {
  const tags = mains.map((row) => tag(String(row['id']), 1));
  return { resource: parts, rows: { parts: mains, part_tags: tags, part_makers: [] } };
}

/** Everything except the ledger's entries about the run itself. */
function assertSameTables(now: Record<string, unknown[]>, then: Record<string, unknown[]>): void {
  const { run_resources: _now, ...tables } = now;
  const { run_resources: _then, ...expected } = then;
  assert.deepEqual(tables, expected);
}
