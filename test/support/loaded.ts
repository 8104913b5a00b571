import assert from 'node:assert/strict';

import { Client } from 'pg';

import { LAUNCHES, sandboxReplies, startApi, type Api } from './api.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { assertFailure, createWorkspace, type Workspace } from './workspace.ts';

/** A digest of all rows. */
const STATE = `SELECT count(*)::int AS n, md5(string_agg(t::text, '|' ORDER BY id)) AS digest FROM spacex.launches t`;

/** A database for one test file, with launches already loaded, and an API that returns different launches. */
export type Loaded = {
  readonly server: PostgresServer;
  readonly api: Api;
  readonly workspace: Workspace;
  /** The launches that were loaded, and the launches that a run would load, whose names begin with `Other `. */
  readonly good: string;
  readonly other: string;
  /** A superuser's connection; after `reconnect`, a new one. */
  readonly admin: () => Client;
  readonly reconnect: () => Promise<void>;
  readonly state: () => Promise<unknown>;
  /** Performs a run that must fail with exit code 5, print no password (`geheim`), and leave the rows as they are. */
  readonly failing: (
    url: string,
    failure: { readonly message: RegExp; readonly hint: RegExp },
  ) => Promise<void>;
  /** Reloads the original records. */
  readonly restore: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startLoaded(): Promise<Loaded> {
  const replies = await sandboxReplies({ launches: 300 });
  const [server, api] = await Promise.all([startPostgres(), startApi(replies)]);
  const good = String(replies[LAUNCHES].body);
  const other = good.replaceAll('"name":"', '"name":"Other ');
  const workspace = createWorkspace({ database: { url: server.url } });
  const { code, stderr } = await workspace.run(['run', '--migrate', '--source', api.url]);
  assert.equal(code, 0, stderr);
  api.set(LAUNCHES, { body: other });
  let admin = await connected(server.url);
  const state = async (): Promise<unknown> => (await admin.query(STATE)).rows;
  return {
    server,
    api,
    workspace,
    good,
    other,
    state,
    admin: () => admin,
    async reconnect() {
      admin = await connected(server.url);
    },
    async failing(url, { message, hint }) {
      const asItWas = await state();
      const result = await workspace.run(['run', '--full', '--source', api.url, '--database-url', url]);
      assertFailure(result, { code: 5, message, hint });
      assert.doesNotMatch(result.stderr + result.stdout, /geheim/);
      assert.doesNotMatch(result.stderr, /(Cannot [^:]+: ).*\1/, 'no line is repeated');
      assert.deepEqual(await state(), asItWas);
    },
    async restore() {
      api.set(LAUNCHES, { body: good });
      const { code: restored, stderr: said } = await workspace.run(['run', '--full', '--source', api.url]);
      assert.equal(restored, 0, said);
      api.set(LAUNCHES, { body: other });
    },
    async close() {
      await admin.end();
      await Promise.all([api.close(), server.remove()]);
      workspace.remove();
    },
  };
}

export async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
