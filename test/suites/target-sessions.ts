import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { lockSchema } from '../../src/adapters/postgres/lock.ts';
import type { Session } from '../../src/adapters/postgres/session.ts';
import type { Target } from '../../src/core/target.ts';
import { publish } from '../../src/steps/publish.ts';
import {
  ANY_LOSS,
  beginRun,
  openLab,
  openRun,
  randomSchema,
  runRow,
  snapshot,
  stage,
  type Lab,
  type OpenDatabase,
} from './target-lab.ts';
import { maker, makers } from './target-resources.ts';

/** Only for servers: several sessions at the same time. */
export function testSessions(openDatabase: OpenDatabase): void {
  describe('several sessions', () => {
    let lab: Lab;
    let second: Session;
    beforeEach(async () => {
      lab = await openLab(openDatabase);
      second = await lab.database.connect();
    });
    afterEach(() => lab.close());

    const arriving = { resource: makers, rows: { makers: [maker('m')] } };

    it('queue concurrent queries without warnings', async (t) => {
      const warnings: Error[] = [];
      const listen = (warning: Error): unknown => warnings.push(warning);
      process.on('warning', listen);
      t.after(() => process.off('warning', listen));
      const numbers = [1, 2, 3, 4, 5];
      const found = await Promise.all(
        numbers.map((n) => second.rows<{ n: number }>('SELECT $1::int AS n', [n])),
      );
      assert.deepEqual(
        found.map(([row]) => row?.n),
        numbers,
      );
      await assert.rejects(second.query('SELECT 1/0'), { code: '22012' });
      assert.equal((await second.rows('SELECT 1 AS n')).length, 1);
      assert.deepEqual(warnings, []);
    });

    it('cannot lock a schema twice, and are told the run, host, pid and start time of the holder', async () => {
      const { schema } = lab.database;
      const { pid } = process;
      const run = await beginRun(lab, { host: 'elsewhere', pid, started_at: '2026-01-02T03:04:05Z' });
      await assert.rejects(lockSchema(second, schema), {
        code: 'busy',
        message: `Cannot lock schema ${schema}: run ${run.id} holds the lock (host elsewhere, pid ${pid}, since 2026-01-02T03:04:05Z)`,
      });
    });

    it('do not treat a dead run as the holder, although its status is still running', async () => {
      await beginRun(lab, { host: 'elsewhere', pid: process.pid + 1 });
      await assert.rejects(lockSchema(second, lab.database.schema), (error: Error) => {
        assert.match(error.message, /another run holds the lock/);
        return true;
      });
    });

    it('are told the host, pid and start time even if the holder has no run', async () => {
      for (const tables of ['migrated', 'not migrated']) {
        const database = tables === 'migrated' ? lab.database : await openDatabase(randomSchema());
        const holder = await database.connect();
        if (tables === 'not migrated') await lockSchema(holder, database.schema);
        const other = await database.connect();
        await assert.rejects(lockSchema(other, database.schema), (error: Error) => {
          const host = hostname().slice(0, 20);
          const who = `another run holds the lock (spacex-pipeline ${host} pid ${process.pid}, since 20`;
          assert.ok(error.message.includes(who), error.message);
          return true;
        });
        if (tables === 'not migrated') await database.close();
      }
    });

    it('are closed with the database even if they were opened for a different schema', async () => {
      const view = lab.database.inSchema(randomSchema());
      const other = await view.connect();
      assert.equal((await other.rows('SELECT 1')).length, 1);
      await lab.database.close();
      await assert.rejects(other.rows('SELECT 1'), { message: /Connection terminated|not queryable/ });
    });

    it('can lock different schemas', async () => {
      await lockSchema(second, `${lab.database.schema}_`);
    });

    it('publish nothing through a lost connection, and the next session takes over', async () => {
      const run = await beginRun(lab);
      const derived = [await stage(run, arriving)];
      const asItWas = await snapshot({ ...lab, session: second });
      const [backend] = await lab.session.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await second.rows('SELECT pg_terminate_backend($1, 5000)', [backend?.pid]);
      await assert.rejects(publish(derived, run.target, ANY_LOSS), { code: 'database' });
      const next = { ...lab, session: second };
      assert.deepEqual(await snapshot(next), asItWas);

      await lockSchema(second, lab.database.schema);
      const later = await beginRun(next);
      assert.partialDeepStrictEqual(await runRow(next, run.id), { status: 'failed' });
      const end = await publish([await stage(later, arriving)], later.target, ANY_LOSS);
      assert.equal(end.status, 'succeeded');
    });

    it('copy nothing through a lost connection, and report the failure', async () => {
      const target = ['staging_of_the_test'];
      const [backend] = await second.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await lab.session.rows('SELECT pg_terminate_backend($1, 5000)', [backend?.pid]);
      const copying = second.copyCsv(target, ['id'], Buffer.from('1\n'));
      await assert.rejects(copying, { message: /terminating connection/ });
    });

    it('publish nothing if another session has acquired the lock', async () => {
      const run = await beginRun(lab);
      const derived = [await stage(run, arriving)];
      await lab.session.query('SELECT pg_advisory_unlock_all()');
      await lockSchema(second, lab.database.schema);
      const asItWas = await snapshot(lab);
      await assert.rejects(publish(derived, run.target, ANY_LOSS), { code: 'busy' });
      assert.deepEqual(await snapshot(lab), asItWas);
    });

    it('give up if they wait too long for a table, and change nothing', async () => {
      const { id } = await beginRun(lab);
      const run = openRun(lab, id, { lockTimeoutSeconds: 0.05 });
      const { target } = run;
      const derived = [await stage(run, arriving)];
      await second.query('BEGIN; LOCK TABLE makers IN ROW EXCLUSIVE MODE');
      await assert.rejects(publish(derived, target, ANY_LOSS), {
        code: 'database',
        context: { sqlstate: '55P03' },
      });
      await second.query('ROLLBACK; BEGIN; LOCK TABLE makers IN ACCESS EXCLUSIVE MODE');
      await assert.rejects(target.contents(makers), {
        message: /^Cannot read the tables of makers: /,
        context: { sqlstate: '55P03' },
      });
      await second.query('ROLLBACK');
      assert.deepEqual(await lab.session.rows('SHOW lock_timeout'), [{ lock_timeout: '0' }]);
      assert.partialDeepStrictEqual(await runRow(lab, id), { status: 'running' });
      assert.equal((await publish(derived, target, ANY_LOSS)).status, 'succeeded');
    });

    it('let readers see the old rows until the commit', async () => {
      const run = await beginRun(lab);
      const derived = [await stage(run, arriving)];
      const count = async () => (await second.rows('SELECT id FROM makers')).length;
      const seen: number[] = [];
      const target: Target = {
        ...run.target,
        publish: (tables, work) =>
          run.target.publish(tables, async (transaction) => {
            const result = await work(transaction);
            seen.push(await count());
            return result;
          }),
      };
      await publish(derived, target, ANY_LOSS);
      assert.deepEqual([...seen, await count()], [0, 1]);
    });
  });
}
