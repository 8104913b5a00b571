import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { ledgerRuns } from '../../src/adapters/postgres/ledger-runs.ts';
import { createKindGuard } from '../../src/steps/kind.ts';
import { publish } from '../../src/steps/publish.ts';
import {
  ANY_LOSS,
  beginRun,
  load,
  openLab,
  openRun,
  runHeader,
  runRow,
  snapshot,
  stage,
  stageAndPublish,
  type Lab,
  type Load,
  type OpenDatabase,
} from './target-lab.ts';
import { maker, makers, part, parts } from './target-resources.ts';

/** Tests the states of a run in the ledger: begun, replaced by a later run, failed halfway, dead. */
export function testRuns(openDatabase: OpenDatabase): void {
  describe('a run', () => {
    let lab: Lab;
    beforeEach(async () => {
      lab = await openLab(openDatabase);
      await load(lab, [makersLoad('m'), partsLoad('p')]);
    });
    afterEach(() => lab.close());

    it('publishes nothing if it is no longer running', async () => {
      const run = await beginRun(lab);
      const derived = [await stage(run, makersLoad('new'))];
      await lab.session.execute(`UPDATE runs SET status = 'failed' WHERE run_id = $1`, [run.id]);
      const asItWas = await snapshot(lab);
      await assert.rejects(publish(derived, run.target, ANY_LOSS), { code: 'busy' });
      assert.deepEqual(await snapshot(lab), asItWas);
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'failed', finished_at: null });
    });

    it('publishes nothing if a later run has begun', async () => {
      const dead = await beginRun(lab);
      const derived = [await stage(dead, makersLoad('old'))];
      const asItWas = await snapshot(lab);
      const later = await beginRun(lab);
      await assert.rejects(publish(derived, dead.target, ANY_LOSS), { code: 'busy' });
      assert.deepEqual(await snapshot(lab), asItWas);
      const end = await stageAndPublish(later, [makersLoad('later')]);
      assert.equal(end.status, 'succeeded');
    });

    it('closes dead runs as failed and drops their staging tables when it begins', async () => {
      const dead = await beginRun(lab);
      await stage(dead, makersLoad('old'));
      assert.equal((await staging(lab)).length, 3);
      const run = await beginRun(lab);
      assert.deepEqual(await staging(lab), []);
      assert.partialDeepStrictEqual(await runRow(lab, dead.id), {
        status: 'failed',
        error: { code: 'interrupted' },
      });
      assert.ok((await runRow(lab, dead.id))?.['finished_at']);
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'running', finished_at: null });
    });

    it('closes dead runs in the same way when it is reopened', async () => {
      const run = await beginRun(lab);
      await run.ledger.abandon({ status: 'failed', error: null, entries: [] });
      const dead = await beginRun(lab);
      await stage(dead, makersLoad('old'));
      await run.ledger.reopen(runHeader({ run_id: run.id }));
      assert.deepEqual(await staging(lab), []);
      assert.partialDeepStrictEqual(await runRow(lab, dead.id), { status: 'failed' });
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'running' });
    });

    for (const [when, table, action] of [
      ['the second table', 'part_tags', 'INSERT'],
      ['a tombstone', 'tombstones', 'INSERT'],
      ['the ledger', 'run_tables', 'INSERT'],
      ['the end of the run', 'runs', 'UPDATE'],
      ['the commit', 'makers', 'INSERT'],
    ]) {
      it(`changes nothing if PostgreSQL fails at ${when}`, async () => {
        const deferred = when === 'the commit';
        const run = await beginRun(lab);
        await lab.session.query(`
          CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'not today' USING ERRCODE = '58030'; END $$;
          CREATE ${deferred ? 'CONSTRAINT' : ''} TRIGGER fail AFTER ${action} ON ${table}
            ${deferred ? 'DEFERRABLE INITIALLY DEFERRED' : ''} FOR EACH ROW EXECUTE FUNCTION fail()`);
        const asItWas = await snapshot(lab);
        await assert.rejects(stageAndPublish(run, [makersLoad('new'), partsLoad('new')]), {
          code: 'database',
          context: { sqlstate: '58030' },
          message: `Cannot publish run ${run.id} to schema ${lab.database.schema}: not today (58030)`,
        });
        assert.deepEqual(await snapshot(lab), asItWas);
        await lab.session.query('DROP FUNCTION fail CASCADE');

        // The session still works: the run's end can be recorded, and another run publishes.
        const error = { code: 'database', message: 'Cannot publish', hint: null } as const;
        await run.ledger.abandon({ status: 'failed', error, entries: [] });
        assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'failed', error });
        assert.deepEqual(await staging(lab), []);
        assert.equal((await load(lab, [makersLoad('new')])).status, 'succeeded');
      });
    }

    it('leaves the ledger unchanged and the session usable if it can be neither reopened nor ended', async () => {
      const run = await beginRun(lab);
      const { report } = await stage(run, makersLoad('m'));
      const failed = { ...report, status: 'failed' } as const;
      const entries = [{ resource: makers, report: failed, allRead: false, key: null, chain: null }];
      const end = { status: 'failed', error: null, entries } as const;
      const books = async () => [
        await lab.session.rows('TABLE run_resources'),
        await lab.session.rows('SELECT run_id FROM runs ORDER BY run_id'),
      ];
      const failing = async (event: string, work: () => Promise<unknown>) => {
        await lab.session.query(`
          CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'not today' USING ERRCODE = '58030'; END $$;
          CREATE TRIGGER fail AFTER ${event} FOR EACH ROW EXECUTE FUNCTION fail()`);
        const asItWas = await books();
        await assert.rejects(work(), { code: 'database', context: { sqlstate: '58030' } });
        assert.deepEqual(await books(), asItWas);
        await lab.session.query('DROP FUNCTION fail CASCADE');
      };
      await failing('INSERT ON run_resources', () => run.ledger.abandon(end));
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'running', finished_at: null });
      await run.ledger.abandon(end);
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'failed' });
      await failing('INSERT ON runs', () => run.ledger.reopen(runHeader({ run_id: run.id })));
      await run.ledger.reopen(runHeader({ run_id: run.id }));
      assert.partialDeepStrictEqual(await runRow(lab, run.id), { status: 'running' });
    });

    it('is listed in the history with its outcome, newest first', async () => {
      const good = await load(lab, [makersLoad('m'), { ...partsLoad('p'), held: ['q'] }]);
      const bad = await beginRun(lab);
      const error = { code: 'source', message: 'Cannot fetch', hint: 'Try.' } as const;
      const { report } = await stage(bad, makersLoad('m'));
      const failed = { ...report, status: 'failed', error } as const;
      const entries = [{ resource: makers, report: failed, allRead: false, key: null, chain: null }];
      await bad.ledger.abandon({ status: 'failed', error, entries });
      const [last, before, ...more] = await ledgerRuns(lab.session, 'test', 2);
      assert.deepEqual(more, []);
      assert.deepEqual([last?.run_id, last?.status, last?.error], [bad.id, 'failed', error]);
      assert.deepEqual(last?.resources, { makers: failed });
      assert.deepEqual([before?.run_id, before?.status], [good.id, 'succeeded']);
      assert.deepEqual(
        before?.resources,
        Object.fromEntries(good.entries.map((entry) => [entry.resource.name, entry.report])),
      );
      for (const time of [last?.started_at, last?.finished_at, before?.finished_at]) {
        assert.match(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      }
    });

    it('keeps its status once it has ended', async () => {
      const { id } = await load(lab, [makersLoad('m')]);
      const { ledger } = openRun(lab, id);
      await ledger.abandon({ status: 'interrupted', error: null, entries: [] });
      assert.partialDeepStrictEqual(await runRow(lab, id), { status: 'succeeded' });
    });

    it('is not reopened once it or a later run has published', async () => {
      const failed = await beginRun(lab);
      await failed.ledger.abandon({ status: 'failed', error: null, entries: [] });
      const published = await load(lab, [makersLoad('m')]);
      for (const [run, status] of [
        [published, 'succeeded'],
        [failed, 'failed'],
      ] as const) {
        await assert.rejects(run.ledger.reopen(runHeader({ run_id: run.id })), { code: 'usage' });
        assert.partialDeepStrictEqual(await runRow(lab, run.id), { status });
      }
    });

    it('stores what it published, with the pages and their origins', async () => {
      const run = await beginRun(lab);
      const own = { url: 'http://a.test/makers', bytes: 2, sha256: 'f'.repeat(64), received_by: run.id };
      const captured = { captured_at: '2026-06-05T12:34:56.000Z', proof: 'etag' } as const;
      const page = { ...own, ...captured, path: 'raw/makers/0001.json', etag: '"1"' };
      const next = { ...page, path: 'raw/makers/0002.json', etag: null, captured_at: null, proof: null };
      const ofMakers = await stage(run, makersLoad('m'));
      const report = { ...ofMakers.report, pages: [page, next] };
      const staged = { ...ofMakers, report, key: 'a key' };
      const { entries } = await publish([staged], run.target, ANY_LOSS);
      await beginRun(lab); // fails
      const { ledger } = openRun(lab, run.id);
      const last = await ledger.lastPublish('makers');
      const counts = { received: 1, errored: 0, has_rejects: false, tables: entries[0]?.report.tables };
      const expected = {
        run_id: run.id,
        address: 'test',
        pages: [page, next],
        derivation_key: 'a key',
        ...counts,
      };
      assert.partialDeepStrictEqual(last, expected);
      assert.equal(await ledger.lastPublish('parts'), null);
    });

    it('stores the kind of its records in the target once it has published', async () => {
      await lab.session.query('TRUNCATE contents');
      const kinds = () => lab.session.rows('SELECT simulated FROM contents');
      const failed = await beginRun(lab, { simulated: true });
      const { report } = await stage(failed, makersLoad('m'));
      const entries = [
        { resource: makers, report: { ...report, status: 'failed' }, allRead: false, key: null, chain: null },
      ] as const;
      await failed.ledger.abandon({ status: 'failed', error: null, entries });
      assert.deepEqual(await kinds(), []);
      await stageAndPublish(await beginRun(lab, { simulated: true }), [makersLoad('m')]);
      assert.deepEqual(await kinds(), [{ simulated: true }]);
      // Once stored, the kind never changes.
      await stageAndPublish(await beginRun(lab, { simulated: true }), [makersLoad('n')]);
      assert.deepEqual(await kinds(), [{ simulated: true }]);
      await assert.rejects(beginRun(lab, { simulated: false }), { code: 'kind' });
    });

    for (const simulated of [true, false]) {
      const [one, other] = simulated ? ['real', 'simulated'] : ['simulated', 'real'];
      it(`fails before it writes anything if it has ${other} records and the target has ${one} records`, async () => {
        await lab.session.query('TRUNCATE contents');
        await lab.session.execute('INSERT INTO contents (simulated) VALUES ($1)', [!simulated]);
        const run = openRun(lab, (await beginRun(lab, { simulated: !simulated })).id);
        const asItWas = [await snapshot(lab), await lab.session.rows('TABLE runs')];
        const admitting = createKindGuard([run.ledger.kind], true).admit(simulated, 'here');
        await assert.rejects(admitting, {
          code: 'kind',
          message: `Cannot load ${other} records into schema ${lab.database.schema}: it contains ${one} records`,
        });
        assert.deepEqual([await snapshot(lab), await lab.session.rows('TABLE runs')], asItWas);
      });
    }
  });

  describe('a lookup', () => {
    let lab: Lab;
    beforeEach(async () => {
      lab = await openLab(openDatabase);
      const old = ['staged', 'held', 'gone'].map((id) => maker(id, `old ${id}`));
      await load(lab, [{ resource: makers, rows: { makers: old } }]);
    });
    afterEach(() => lab.close());

    const arriving: Load = {
      resource: makers,
      rows: { makers: [maker('staged', 'new'), maker('nameless', null)] },
      held: ['held', 'unknown'],
    };

    it('returns staged and held rows, but not rows that are about to be deleted', async () => {
      const run = await beginRun(lab);
      await stage(run, arriving);
      assert.deepEqual(Object.fromEntries(await run.target.lookup(makers, 'name', true)), {
        staged: 'new',
        nameless: null,
        held: 'old held',
      });
    });

    it('returns staged rows and all existing rows if deletes are off', async () => {
      const run = await beginRun(lab);
      await stage(run, arriving);
      assert.deepEqual(Object.fromEntries(await run.target.lookup(makers, 'name', false)), {
        staged: 'new',
        nameless: null,
        held: 'old held',
        gone: 'old gone',
      });
    });
  });
}

async function staging(lab: Lab): Promise<unknown[]> {
  return lab.session.rows(
    `SELECT relname FROM pg_class WHERE relname LIKE 'staging%' AND relnamespace = to_regnamespace($1)`,
    [`${lab.database.schema}_pipeline`],
  );
}

function makersLoad(id: string): Load {
  return { resource: makers, rows: { makers: [maker(id)] } };
}

function partsLoad(id: string): Load {
  const tags = [{ part_id: id, position: 1, tag: id }];
  return { resource: parts, rows: { parts: [part(id)], part_tags: tags, part_makers: [] } };
}
