import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';

import { isDatabaseFailure, statementFault } from '../../src/adapters/postgres/errors.ts';
import { runQuery } from '../../src/adapters/postgres/query.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { load, openLab, snapshot, type Lab, type OpenDatabase } from './target-lab.ts';
import { maker, makers } from './target-resources.ts';

const FILE = `/tmp/query-test-${randomBytes(8).toString('hex')}`;

/** Each statement tries to change rows, or to create FILE, in a read-only query. */
const ATTEMPTS = [
  `DELETE FROM makers`,
  `INSERT INTO makers SELECT * FROM makers`,
  `TRUNCATE makers CASCADE`,
  `SELECT 1; DELETE FROM makers`,
  `COMMIT; DELETE FROM makers`,
  `COMMIT`,
  `ROLLBACK; BEGIN READ WRITE; DELETE FROM makers; COMMIT`,
  `SELECT set_config('transaction_read_only', 'off', false)`,
  `SELECT set_config('transaction_read_only', 'off', true), eat_makers()`,
  `SET TRANSACTION READ WRITE`,
  `SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE`,
  `SET default_transaction_read_only = off`,
  `RESET transaction_read_only`,
  `WITH gone AS (DELETE FROM makers RETURNING *) SELECT * FROM gone`,
  `WITH fresh AS (UPDATE makers SET name = 'x' RETURNING *) TABLE fresh`,
  `DO $$ BEGIN DELETE FROM makers; END $$`,
  `DO $$ BEGIN SET LOCAL transaction_read_only = off; DELETE FROM makers; COMMIT; END $$`,
  `DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO ''${FILE}'''; END $$`,
  `/* ; */ DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch ${FILE}'''; END $$`,
  `SELECT eat_makers()`,
  `SELECT * FROM makers WHERE eat_makers() IS NULL`,
  `SELECT write_file()`,
  `CALL eat_makers_and_commit()`,
  `COPY makers TO '${FILE}'`,
  `COPY (SELECT 1) TO PROGRAM 'touch ${FILE}'`,
  `copy makers from '/dev/null'`,
  `  -- a comment\n/* and /* one */ inside */ COPY makers TO '${FILE}'`,
  `/* /* */ */ COPY (SELECT 1) TO '${FILE}'`,
  `/*/**/*/COPY (SELECT 1) TO '${FILE}'`,
  `-- a comment\rCOPY (SELECT 1) TO '${FILE}'`,
  `;COPY (SELECT 1) TO '${FILE}'`,
  `; ;\f\v/**/ COPY (SELECT 1) TO '${FILE}'`,
  `SELECT nextval('numbers')`,
  `SELECT setval('numbers', 99)`,
  `CREATE TEMP TABLE t AS SELECT 1`,
  `CREATE TABLE t (x int)`,
  `EXPLAIN ANALYZE DELETE FROM makers`,
  `EXPLAIN (ANALYZE) CREATE TABLE t AS SELECT 1`,
  `EXPLAIN ANALYZE SELECT eat_makers()`,
  `SELECT lo_import('/etc/hostname')`,
  `SELECT lo_export(large, '${FILE}') FROM objects`,
  `SELECT lo_export(lo_from_bytea(0, 'x'), '${FILE}')`,
  `SELECT lo_put(large, 0, 'changed') FROM objects`,
  `SELECT lo_unlink(large) FROM objects`,
  `PREPARE p AS DELETE FROM makers`,
  `EXECUTE p`,
  `DECLARE c CURSOR WITH HOLD FOR SELECT eat_makers()`,
  `SELECT * INTO t FROM makers`,
  `SELECT * FROM makers FOR UPDATE`,
  `LOCK TABLE makers`,
  `GRANT ALL ON makers TO PUBLIC`,
  `COMMENT ON TABLE makers IS 'x'`,
  `ALTER SYSTEM SET work_mem = '1MB'`,
  `VACUUM makers`,
  `REINDEX TABLE makers`,
  `NOTIFY x`,
  `SELECT query_to_xml('DELETE FROM makers', true, true, '')`,
  `SELECT query_to_xml('SELECT eat_makers()', true, true, '')`,
  `UPDATE pg_settings SET setting = 'off' WHERE name = 'transaction_read_only'`,
];

/** Tests the results of `query`, and that a read-only query stays read-only. */
export function testQuery(openDatabase: OpenDatabase): void {
  describe('a query', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
      await load(lab, [{ resource: makers, rows: { makers: [maker('a'), maker('b')] } }]);
      for (const sql of [
        `CREATE FUNCTION eat_makers() RETURNS int VOLATILE LANGUAGE plpgsql AS
           $$ BEGIN DELETE FROM makers; RETURN 1; END $$`,
        `CREATE FUNCTION write_file() RETURNS int VOLATILE LANGUAGE plpgsql AS
           $$ BEGIN EXECUTE 'COPY (SELECT 1) TO ''${FILE}'''; RETURN 1; END $$`,
        `CREATE PROCEDURE eat_makers_and_commit() LANGUAGE plpgsql AS
           $$ BEGIN COMMIT; DELETE FROM makers; COMMIT; END $$`,
        'CREATE SEQUENCE numbers',
        `CREATE TABLE objects AS SELECT lo_from_bytea(0, 'content') AS large`,
      ]) {
        await runQuery(lab.session, sql, { write: true });
      }
    });
    after(() => lab.close());

    for (const sql of ATTEMPTS) {
      it(`changes nothing with ${sql.replaceAll(FILE, 'FILE').replaceAll(/\s+/g, ' ')}`, async () => {
        const asItWas = await everything(lab);
        await runQuery(lab.session, sql, { write: false }).catch((error: unknown) => {
          assert.ok(error instanceof PipelineError);
          assert.equal(error.code, 'database');
        });
        assert.deepEqual(await everything(lab), asItWas);
      });
    }

    it('accepts every form of statement that only reads', async () => {
      for (const sql of [
        'SELECT id FROM makers ORDER BY id',
        '  /* /* nested */ */ -- and\n select id from makers order by id;',
        '(SELECT id FROM makers ORDER BY id)',
        'WITH m AS (SELECT * FROM makers) SELECT id FROM m ORDER BY id',
        `VALUES ('a'), ('b')`,
      ]) {
        const { rows: found } = await runQuery(lab.session, sql, { write: false });
        assert.deepEqual(found, [['a'], ['b']], sql);
      }
      const table = await runQuery(lab.session, 'TABLE makers', { write: false });
      assert.deepEqual(table.columns.slice(0, 2), ['id', 'name']);
      const plan = await runQuery(lab.session, 'EXPLAIN ANALYZE SELECT * FROM makers', { write: false });
      assert.deepEqual(plan.columns, ['QUERY PLAN']);
      const zone = await runQuery(lab.session, 'SHOW TimeZone', { write: false });
      assert.deepEqual([zone.columns, zone.rows], [['TimeZone'], [['UTC']]]);
    });

    it('fails instead of hiding rows because of a row-level security policy', async () => {
      await runQuery(lab.session, 'ALTER TABLE makers ENABLE ROW LEVEL SECURITY', { write: true });
      await assert.rejects(runQuery(lab.session, 'SELECT id FROM makers', { write: false }), {
        message: /row-level security policy for table "makers" \(42501\)$/,
        hint: /--write/,
      });
      const written = await runQuery(lab.session, 'SELECT id FROM makers', { write: true });
      assert.deepEqual(written.rows, [['a'], ['b']]);
      assert.deepEqual(await lab.session.rows('SHOW row_security'), [{ row_security: 'off' }]);
      await runQuery(lab.session, 'ALTER TABLE makers DISABLE ROW LEVEL SECURITY', { write: true });
    });

    it('returns a value for each column, even if names are repeated or special', async () => {
      const { columns, rows: found } = await runQuery(
        lab.session,
        `SELECT 1 AS n, 2 AS n, a.id, b.id, 3 AS "__proto__", 4 AS "1", 5 AS "constructor"
         FROM makers a JOIN makers b ON a.id < b.id`,
        { write: false },
      );
      assert.deepEqual(columns, ['n', 'n', 'id', 'id', '__proto__', '1', 'constructor']);
      assert.deepEqual(found, [[1, 2, 'a', 'b', 3, 4, 5]]);
    });

    it('can read the ledger without a schema name', async () => {
      const { rows: found } = await runQuery(lab.session, 'SELECT status FROM runs', { write: false });
      assert.deepEqual(found, [['succeeded']]);
    });

    it('reports the error in the SQL, including the SQLSTATE', async () => {
      for (const [sql, sqlstate, position] of [
        ['SELECT * FROM nowhere', '42P01', 15],
        ['SELEC 1', '42601', 1],
        ['-- é\n/* a */ SELEC 1', '42601', 14],
        ['SELECT 1/0', '22012', null],
      ] as const) {
        for (const write of [true, false]) {
          await assert.rejects(runQuery(lab.session, sql, { write }), (error: PipelineError) => {
            assert.deepEqual([error.code, error.context], ['database', { sqlstate }]);
            assert.equal(statementFault(error.cause)?.position ?? null, position);
            return true;
          });
        }
      }
      await assert.rejects(runQuery(lab.session, 'SELECT nope', { write: false }), {
        message: 'Cannot run the query: column "nope" does not exist (42703)',
      });
    });

    for (const [sql, hint] of [
      ['SELECT nmae FROM makers', /^Perhaps you meant .*"makers\.name"|^Did you mean name\?$/],
      ['SELECT xyz FROM makers', /^List the columns of makers with: spacex-pipeline tables makers$/],
      ['SELECT * FROM mkaers', /^Did you mean makers\?$/],
      ['SELECT * FROM run', /^Did you mean runs\?$/],
      ['SELECT makers.id FROM makers m', /^Perhaps you meant to reference the table alias "m"\.$/],
      ['SELECT cuont(*) FROM makers', /^Did you mean count\(\)\?$/],
      ['SELECT lower(1)', /^No function/],
      ['SELEC 1', /^Did you mean SELECT\?$/],
      ['SELECT * FORM makers', /^Did you mean FROM\?$/],
      [`SELECT * FROM makers WERE id = 'a'`, /^Did you mean WHERE\?$/],
      ['SELECT 1 FROM', /^Correct the statement/],
      ['SELECT 1; SELECT 2', /^Run one statement at a time\.$/],
      ['SHOW TABLES', /: spacex-pipeline tables$/],
      ['DESCRIBE makers', /: spacex-pipeline tables$/],
      ['\\dt', /: spacex-pipeline tables$/],
      ['SELECT nowhere.f()', /^Correct the statement/],
      ['', /^Use a statement that reads/],
    ] as const) {
      it(`prints a hint for ${JSON.stringify(sql)}`, async () => {
        await assert.rejects(runQuery(lab.session, sql, { write: false }), { code: 'database', hint });
      });
    }

    it('fails with an error that is recognized as a database error', async () => {
      const error: unknown = await lab.session.query('SELECT 1/0').catch((thrown: unknown) => thrown);
      assert.ok(isDatabaseFailure(error));
    });

    it('explains how to change data if the statement is rejected', async () => {
      for (const sql of [
        'DELETE FROM makers',
        'COPY makers TO STDOUT',
        'WITH x AS (DELETE FROM makers RETURNING id) SELECT * FROM x',
      ]) {
        await assert.rejects(runQuery(lab.session, sql, { write: false }), { hint: /--write/ });
      }
    });
  });

  describe('a query with --write', () => {
    let lab: Lab;
    beforeEach(async () => {
      lab = await openLab(openDatabase);
      await load(lab, [{ resource: makers, rows: { makers: [maker('a'), maker('b')] } }]);
    });

    it('commits, and reports how many rows it changed', async () => {
      const result = await runQuery(lab.session, `UPDATE makers SET name = 'x'`, { write: true });
      assert.deepEqual(result, { columns: [], rows: [], count: 2 });
      await lab.session.query('ROLLBACK');
      assert.deepEqual(await lab.session.rows('SELECT DISTINCT name FROM makers'), [{ name: 'x' }]);
      await lab.close();
    });

    it('counts the rows that a statement returns or, if it returns none, the rows that it changes', async () => {
      const update = `UPDATE makers SET name = name WHERE id = 'a'`;
      for (const [sql, count] of [
        ['SHOW TimeZone', 1],
        ['EXPLAIN VALUES (1)', 1],
        ['VALUES (1), (2), (3)', 3],
        ['TABLE makers', 2],
        ['SELECT 1 WHERE false', 0],
        ['SELECT FROM makers', 2],
        [update, 1],
        [`${update} RETURNING id, name`, 1],
        ['DECLARE two CURSOR WITH HOLD FOR SELECT id FROM makers', null],
        ['FETCH 1 FROM two', 1],
        ['MOVE 1 IN two', 1],
        ['CLOSE two', null],
        ['PREPARE one AS SELECT 1', null],
        ['EXECUTE one', 1],
        ['CREATE TABLE copied AS TABLE makers', 2],
        ['DROP TABLE copied', null],
      ] as const) {
        const result = await runQuery(lab.session, sql, { write: true });
        assert.equal(result.count, count, sql);
        if (result.columns.length > 0) assert.equal(result.rows.length, count, sql);
      }
      await lab.close();
    });

    it('rejects a COPY from or to the client', async () => {
      for (const sql of [
        'COPY makers FROM STDIN',
        'copy makers\nto stdout',
        '/* a */ COPY (SELECT 1) TO  STDOUT (FORMAT csv)',
      ]) {
        await assert.rejects(runQuery(lab.session, sql, { write: true }), {
          code: 'database',
          hint: /SELECT/,
        });
      }
      await lab.close();
    });

    it('changes nothing if it fails, and leaves the session usable', async () => {
      const asItWas = await snapshot(lab);
      for (const sql of [
        `DELETE FROM makers WHERE 1 / (length(id) - 1) = 1`,
        `DELETE FROM makers; SELECT 1`,
      ]) {
        await assert.rejects(runQuery(lab.session, sql, { write: true }), { code: 'database' });
        assert.deepEqual(await snapshot(lab), asItWas);
      }
      await lab.close();
    });
  });
}

async function everything(lab: Lab): Promise<unknown> {
  const [row] = await lab.session.rows(
    `SELECT (SELECT last_value FROM numbers) AS number, (SELECT is_called FROM numbers) AS called,
       (SELECT convert_from(lo_get(large), 'UTF8') FROM objects) AS large, pg_stat_file($1, true) AS file,
       (SELECT count(*) FROM pg_largeobject_metadata) AS objects, current_setting('role') AS role,
       (SELECT json_agg(relname ORDER BY relname) FROM pg_class WHERE relname = 't' OR relnamespace = $2::regnamespace) AS relations,
       obj_description('makers'::regclass) AS comment, has_table_privilege('public', 'makers', 'UPDATE') AS granted`,
    [FILE, lab.database.schema],
  );
  return [row, await snapshot(lab)];
}
