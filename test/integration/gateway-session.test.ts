import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';

import type { Client, QueryConfig } from 'pg';

import { EngineError } from '../../src/adapters/postgres/engine.ts';
import { sqlStateOf } from '../../src/adapters/postgres/gateway-session.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { serve, value, type Served } from '../support/gateway.ts';

let served: Served;
before(async () => {
  served = await serve(500);
});
after(() => served.close());

const state = (code: string) => ({ code });

async function two(): Promise<readonly [Client, Client]> {
  return [await served.open(), await served.open()];
}

/** Runs the query after a different client has had a turn. */
async function later(client: Client, query: string | QueryConfig): Promise<unknown> {
  const other = await served.open();
  await other.query('SELECT 1');
  const result = await value(client, query);
  await other.end();
  return result;
}

const settings = (...names: string[]): string =>
  `SELECT concat_ws(' ', ${names.map((name) => `current_setting('${name}', true)`).join(', ')})`;

void describe('a client’s session', () => {
  void it('has its own prepared statements under its own names, whether prepared in SQL or through the protocol', async () => {
    const clients = await two();
    const own = 'SELECT string_agg(name, $1 ORDER BY name) FROM pg_prepared_statements';
    for (const [index, client] of clients.entries()) {
      await client.query(`PREPARE by_sql (int) AS SELECT '${index} ' || $1`);
      await client.query({ name: '_pg3_0', text: `SELECT '${index} ' || $1`, values: [0] });
    }
    for (const [index, client] of clients.entries()) {
      assert.equal(await value(client, 'EXECUTE by_sql (1)'), `${index} 1`);
      assert.equal(await value(client, `EXECUTE _pg3_0 ('2')`), `${index} 2`);
      assert.equal(
        await value(client, { name: '_pg3_0', text: `SELECT '${index} ' || $1`, values: ['3'] }),
        `${index} 3`,
      );
      assert.equal(await value(client, { text: own, values: [' '] }), '_pg3_0 by_sql');
    }
    const [one, other] = clients;
    await one.query('DEALLOCATE _pg3_0');
    assert.equal(await value(one, { text: own, values: [' '] }), 'by_sql');
    await assert.rejects(
      one.query({ name: '_pg3_0', text: `SELECT '0 ' || $1`, values: ['4'] }),
      state('26000'),
    );
    await one.query('DEALLOCATE ALL');
    assert.equal(await value(other, { text: own, values: [' '] }), '_pg3_0 by_sql');
    assert.equal(await value(one, { text: own, values: [' '] }), null);
  });

  void it('is reset by the commands that poolers send, without affecting other sessions', async () => {
    const [one, other] = await two();
    const shown = settings('application_name', 'app.who', 'default_transaction_isolation');
    for (const reset of [
      'DISCARD ALL',
      'RESET ALL; SET SESSION AUTHORIZATION DEFAULT; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DEALLOCATE ALL; DISCARD SEQUENCES; DISCARD TEMP; DISCARD PLANS',
    ]) {
      for (const client of [one, other]) {
        await client.query('PREPARE p AS SELECT 1');
        await client.query(`SET application_name = 'me'`);
        await client.query(`SET app.who = 'I, myself'`);
        await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        await client.query('LISTEN news');
      }
      await one.query(reset);
      assert.equal(await value(one, shown), '  read committed');
      await assert.rejects(one.query('EXECUTE p'), state('26000'));
      assert.equal(await value(one, 'SELECT count(*) FROM pg_listening_channels()'), '0');
      assert.equal(await value(other, shown), 'me I, myself serializable');
      assert.equal(await value(other, 'EXECUTE p'), 1);
      assert.equal(await value(other, 'SELECT * FROM pg_listening_channels()'), 'news');
      await other.query('DISCARD ALL');
    }
  });

  void it('has its own custom settings, with names of any form', async () => {
    const client = await served.open({ options: '-c app.start=s' });
    await client.query(`SET app.plain = 'p'; SET "app"."Quoted" = 'q'`);
    await client.query({ text: 'SELECT set_config($1, $2, false)', values: ['app.bound.deep', 'b'] });
    const shown = settings('app.start', 'app.plain', 'app.quoted', 'app.bound.deep', 'app.none');
    assert.equal(await later(client, shown), 's p q b');
    assert.equal(await value(await served.open(), shown), '   ');
  });

  void it('can be reset to its initial settings, and is notified of the new values', async () => {
    const client = await served.open({
      options: '-c TimeZone=Asia/Tokyo -c search_path=s,pg_catalog -c app.x=1',
    });
    const heard: string[] = [];
    client.connection.on('parameterStatus', ({ parameterName, parameterValue }: Record<string, string>) => {
      if (parameterName === 'TimeZone') heard.push(parameterValue ?? '');
    });
    const shown = settings('TimeZone', 'search_path', 'app.x');
    for (const reset of [
      'DISCARD ALL',
      'RESET ALL',
      'SET TimeZone TO DEFAULT',
      'BEGIN; RESET TimeZone; COMMIT',
    ]) {
      await client.query(`SET TimeZone = 'Europe/Rome'; SET application_name = 'x'`);
      await client.query(reset);
      assert.equal(heard.at(-1), 'Asia/Tokyo', reset);
      assert.equal(await value(client, shown), 'Asia/Tokyo s,pg_catalog 1', reset);
    }
  });

  void it('has its own user and role', async () => {
    const client = await served.open();
    const who = `SELECT concat_ws(' ', session_user, current_user)`;
    await client.query('SET ROLE helper');
    assert.equal(await later(client, who), 'pg_read_all_data helper');
    await client.query('SET SESSION AUTHORIZATION postgres');
    await client.query('SET log_statement_stats = on');
    await client.query('SET ROLE helper');
    assert.equal(await later(client, who), 'postgres helper');
    assert.equal(await value(client, 'SHOW log_statement_stats'), 'on');
    for (const reset of ['DISCARD ALL', 'RESET SESSION AUTHORIZATION', 'SET SESSION AUTHORIZATION DEFAULT']) {
      await client.query('SET SESSION AUTHORIZATION postgres');
      await client.query(reset);
      assert.equal(await value(client, who), 'pg_read_all_data pg_read_all_data', reset);
    }
  });

  void it('uses UTF-8, and rejects other encodings, which would crash the engine', async () => {
    const client = await served.open({ client_encoding: 'LATIN1' });
    assert.equal(await value(client, 'SHOW client_encoding'), 'UTF8');
    await assert.rejects(client.query(`SET client_encoding = 'WIN1252'; SELECT 'ä'`), state('0A000'));
    await assert.rejects(client.query(`SELECT convert_to('ä', 'LATIN1')`), state('42883'));
    assert.equal(await value(client, `SELECT convert_from('\\xe4', 'LATIN1')`), 'ä');
  });

  void it('does not see the sequence values of other sessions', async () => {
    const [one, other] = await two();
    await one.query(`SET SESSION AUTHORIZATION postgres; SET default_transaction_read_only = off`);
    assert.equal(await value(one, `SELECT nextval('q')`), '1');
    await assert.rejects(other.query('SELECT lastval()'), state('55000'));
  });

  void it('survives timeouts and errors that would make PostgreSQL end it', async () => {
    const client = await served.open({ options: '-c idle_session_timeout=1 -c transaction_timeout=1' });
    await client.query('SET idle_in_transaction_session_timeout = 1; SET transaction_timeout = 1');
    await client.query({ name: 'set', text: 'SET idle_session_timeout = 1' });
    await client.query({ name: 'set', text: 'SET idle_session_timeout = 1' });
    await client.query('BEGIN');
    // The one-millisecond timers would fire during this wait.
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await value(client, 'SELECT 5'), 5);
    await client.query('COMMIT');
    await client.query('SET exit_on_error = on');
    await assert.rejects(client.query('SELECT 1 / 0'), state('22012'));
  });
});

void describe('a client with state that cannot be restored', () => {
  const cases = {
    'temporary tables': ['CREATE TEMP TABLE own AS SELECT 1 AS n', 'SELECT n FROM own', 'DISCARD ALL'],
    'cursors WITH HOLD': ['DECLARE c CURSOR WITH HOLD FOR SELECT n FROM t', 'FETCH 1 FROM c', 'CLOSE ALL'],
    'advisory locks': ['SELECT pg_advisory_lock(1)', 'SELECT 1', 'SELECT pg_advisory_unlock_all()'],
    'statements prepared together with other statements': [
      'PREPARE p AS SELECT 1; SELECT 1',
      'EXECUTE p',
      'DEALLOCATE p',
    ],
  } as const;
  for (const [what, [make, use, drop]] of Object.entries(cases)) {
    void it(`keeps its turn until its ${what} are gone`, async () => {
      const [one, other] = await two();
      await one.query('SET default_transaction_read_only = off');
      await one.query(make);
      let done = false;
      const waiting = value(other, 'SELECT 5').then((five) => {
        done = true;
        return five;
      });
      assert.equal(await value(one, use), 1);
      assert.equal(done, false);
      await one.query(drop);
      assert.equal(await waiting, 5);
    });
  }

  void it('is disconnected when others wait, and leaves nothing behind', async () => {
    const [one, other] = await two();
    await one.query('SET default_transaction_read_only = off');
    await one.query('CREATE TEMP TABLE own AS SELECT 1 AS n');
    await one.query('SELECT pg_advisory_lock(1)');
    const gone = once(one, 'error');
    assert.equal(await value(other, 'SELECT pg_try_advisory_lock(1)'), true);
    const [error] = await gone;
    assert.equal(error.code, '57P05');
    assert.match(error.message, /kept other sessions waiting \(temporary tables, advisory locks\)$/);
    await assert.rejects(other.query('SELECT n FROM own'), state('42P01'));
    await other.query('SELECT pg_advisory_unlock_all()');
  });

  void it('is disconnected even if it keeps sending queries', async () => {
    const [one, other] = await two();
    await one.query('SELECT pg_advisory_lock(2)');
    const waiting = value(other, 'SELECT 5');
    const asking = async (): Promise<void> => {
      for (;;) await one.query('SELECT 1');
    };
    await assert.rejects(asking());
    assert.equal(await waiting, 5);
  });
});

void it('the engine continues after an SQL error, but not after any other error', () => {
  const failure = { message: 'no', errno: null, outOfMemory: false, fatal: null };
  assert.equal(sqlStateOf(new EngineError({ ...failure, code: '42601' })), '42601');
  for (const error of [
    new EngineError({ ...failure, code: null }),
    new PipelineError('Cannot continue', { code: 'database' }),
    Object.assign(new Error('no'), { code: 'ENOSPC' }),
  ])
    assert.equal(sqlStateOf(error), null);
});
