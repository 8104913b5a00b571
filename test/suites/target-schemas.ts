import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { ident } from '../../src/adapters/postgres/sql.ts';
import { randomSchema, type OpenDatabase } from './target-lab.ts';

const INSERT = 'INSERT INTO named VALUES (current_schema())';

export function testSchemas(openDatabase: OpenDatabase): void {
  describe('two schemas of one database', () => {
    let database: Database;
    let view: Database;
    let first: Session;
    let second: Session;
    beforeEach(async () => {
      database = await openDatabase(randomSchema());
      view = database.inSchema(randomSchema());
      first = await database.connect();
      second = await view.connect();
      await first.query(createSql(database));
      await second.query(createSql(view));
    });
    afterEach(async () => {
      await view.close();
      await database.close();
    });

    const names = async (session: Session) => {
      const found = await session.rows<{ name: string }>('SELECT name FROM named ORDER BY name');
      return found.map(({ name }) => name);
    };

    it('roll back a failed transaction of a third-party library, whose session continues', async (t) => {
      const session = await database.connect();
      t.after(() => session.close());
      await assert.rejects(session.foreign(`BEGIN; ${INSERT}; SELECT 1 / 0; COMMIT`), { code: '22012' });
      assert.deepEqual(await names(session), []);
      await session.foreign(`BEGIN; ${INSERT}; COMMIT`);
      assert.deepEqual(await names(first), [database.schema]);
    });

    it('accept concurrent statements', async () => {
      const asked = Array.from({ length: 8 }, (_, n) => (n % 3 === 0 ? first : second));
      await Promise.all(asked.map((session) => session.execute(INSERT)));
      const copied = [first, second].map((session) =>
        session.copyCsv(['named'], ['name'], Buffer.from('~\n')),
      );
      assert.deepEqual(await Promise.all(copied), [1, 1]);
      const [one, two] = [database.schema, view.schema];
      assert.deepEqual(await Promise.all([names(first), names(second)]), [
        [one, one, one, '~'],
        [two, two, two, two, two, '~'],
      ]);
    });

    it('do not mix statements of one schema into a transaction in the other schema', async () => {
      await first.query('BEGIN');
      await first.execute(INSERT);
      const other = second.execute(INSERT);
      await first.execute(INSERT);
      await first.query('ROLLBACK');
      assert.equal(await other, 1);
      assert.deepEqual([await names(first), (await names(second)).length], [[], 1]);
    });

    it('do not mix statements of one session into a transaction of another session on the same schema', async () => {
      const third = await database.connect();
      await first.query('BEGIN');
      await first.execute(INSERT);
      const other = third.execute(INSERT);
      const failing = assert.rejects(third.query('SELECT 1/0'), { code: '22012' });
      await first.execute(INSERT);
      await first.query('ROLLBACK');
      assert.equal(await other, 1);
      await failing;
      assert.equal((await names(first)).length, 1);
      await third.close();
    });

    it('are not blocked by a session that is closed in a transaction', async () => {
      const third = await database.connect();
      await third.query('BEGIN');
      await third.execute(INSERT);
      await third.close();
      assert.deepEqual(await names(first), []);
    });

    it('are not affected by a failed transaction in the other schema', async () => {
      const failing = assert.rejects(first.query('BEGIN; SELECT 1/0'), { code: '22012' });
      const other = second.execute(INSERT);
      await failing;
      await first.query('ROLLBACK');
      assert.equal(await other, 1);
      assert.deepEqual((await names(second)).length, 1);
    });

    it('can be closed independently', async () => {
      await view.close();
      await first.execute(INSERT);
      assert.equal((await names(first)).length, 1);
    });
  });
}

function createSql({ schema }: Database): string {
  return `CREATE SCHEMA ${ident(schema)}; CREATE TABLE ${ident(schema)}.named (name text)`;
}
