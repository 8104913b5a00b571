import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

/** Roles belong to the whole server, which other test files share, so these names are random. */
const POLICED = `policed_${randomBytes(6).toString('hex')}`;
const EXEMPT = `exempt_${randomBytes(6).toString('hex')}`;
const PASSWORD = randomBytes(6).toString('hex');

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;
let server: TestServer;
let workspace: ServerWorkspace;
let api: Sandbox;
before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  api = await startSandbox({ launches: 10 });
  const { code, stderr } = await workspace.run(['run', '--migrate', '--source', api.url]);
  assert.equal(code, 0, stderr);
  const schemas = `${workspace.schema}, ${workspace.schema}_pipeline`;
  await workspace.sql(
    `CREATE ROLE ${POLICED} LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE ${EXEMPT} LOGIN BYPASSRLS PASSWORD '${PASSWORD}';
     GRANT ALL ON SCHEMA ${schemas} TO ${POLICED}, ${EXEMPT};
     GRANT ALL ON ALL TABLES IN SCHEMA ${schemas} TO ${POLICED}, ${EXEMPT};
     GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schemas} TO ${POLICED}, ${EXEMPT};
     CREATE POLICY first_ones ON launches USING (flight_number < 3);
     ALTER TABLE launches ENABLE ROW LEVEL SECURITY`,
  );
});
after(async () => {
  await workspace.sql(`DROP OWNED BY ${POLICED}, ${EXEMPT}; DROP ROLE ${POLICED}, ${EXEMPT}`);
  await api.close();
  await server.close();
});

/** The flags that a command uses to connect as this role. */
function by(role: string): string[] {
  const url = new URL(server.url);
  url.username = role;
  url.password = PASSWORD;
  return ['--database-url', url.href];
}

const REFUSED = { code: 5, hint: /BYPASSRLS/ };
const COUNT = ['query', 'SELECT count(*) FROM launches', '--csv'];

void describe('row-level security that applies to the role', () => {
  void it('stops every command that counts rows or claims to show all of them', async () => {
    const state = `SELECT md5(string_agg(t::text, '' ORDER BY id)) AS rows FROM launches t`;
    const asItWas = await workspace.sql(state);
    const [{ id } = { id: '' }] = await workspace.sql<{ id: string }>('SELECT max(id) AS id FROM launches');
    for (const args of [
      ['run', '--full', '--source', api.url],
      ['plan', '--source', api.url],
      ['verify'],
      ['export'],
      ['explain', 'launches', id],
      ['checks', '--rows', 'dangling_launches_rocket_id'],
    ]) {
      const result = await workspace.run([...args, ...by(POLICED)]);
      assertFailure(result, {
        ...REFUSED,
        message: /row-level security policy for table "launches" \(42501\)$/,
      });
    }
    assert.deepEqual(await workspace.sql(state), asItWas);
    assert.ok(!workspace.list().includes('export/launches.csv'));
    const exported = await workspace.run(['export', '--tables', 'launches', ...by(EXEMPT)]);
    assert.match(exported.stdout, /^launches +10 /m);
  });

  void it('stops every command that reads the ledger', async () => {
    await workspace.sql('ALTER TABLE runs ENABLE ROW LEVEL SECURITY');
    for (const args of [['runs'], ['checks'], ['runs', 'prune']]) {
      const result = await workspace.run([...args, ...by(POLICED)]);
      assertFailure(result, { ...REFUSED, message: /row-level security policy for table "runs" \(42501\)$/ });
    }
    await workspace.sql('ALTER TABLE runs DISABLE ROW LEVEL SECURITY');
  });

  void it('also stops the table’s owner if it is forced', async () => {
    const { schema } = workspace;
    await workspace.sql(
      `GRANT CREATE ON SCHEMA ${schema} TO ${POLICED}; ALTER TABLE rockets OWNER TO ${POLICED};
       ALTER TABLE rockets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    );
    const result = await workspace.run(['export', '--tables', 'rockets', ...by(POLICED)]);
    await workspace.sql('ALTER TABLE rockets OWNER TO CURRENT_USER');
    assertFailure(result, { ...REFUSED, message: /^error: Cannot read rockets: .*"rockets" \(42501\)$/ });
  });

  void it('applies to the connected role in a query, as in psql', async () => {
    assert.equal((await workspace.run([...COUNT, ...by(POLICED)])).stdout, 'count\n2\n');
    assert.equal((await workspace.run([...COUNT, ...by(EXEMPT)])).stdout, 'count\n10\n');
  });

  void it('never hides rows from a superuser’s query', async () => {
    const message = /row-level security policy for table "launches" \(42501\)$/;
    assertFailure(await workspace.run(COUNT), { code: 5, message, hint: /--write/ });
    assert.equal((await workspace.run([...COUNT, '--write'])).stdout, 'count\n10\n');
    await workspace.sql('CREATE VIEW all_launches AS SELECT * FROM launches');
    const view = await workspace.run(['query', 'SELECT count(*) FROM all_launches', '--csv']);
    assert.equal(view.stdout, 'count\n10\n');
  });
});
