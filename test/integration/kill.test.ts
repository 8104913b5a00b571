import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { createGate, LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import type { RunningCli } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { createTestServer, createWorkspace, type TestServer } from '../support/workspace.ts';

const SIZE = 300;
/** If this returns more than one row, rows of two versions are mixed. */
const VERSIONS = `SELECT DISTINCT substring(name FROM 'version [0-9]+') AS version FROM
  (SELECT name FROM launches UNION ALL SELECT rocket_name FROM launches UNION ALL SELECT name FROM rockets) r
  WHERE name IS NOT NULL`;

type Path = typeof ROCKETS | typeof LAUNCHES;
type Bodies = Readonly<Record<Path, string>>;

let good: Bodies;
before(async () => {
  const replies = await sandboxReplies({ launches: SIZE });
  good = { [ROCKETS]: String(replies[ROCKETS].body), [LAUNCHES]: String(replies[LAUNCHES].body) };
});

/** Records with the same ids in each version, but with a different name in every row. */
function versionOf(version: number): Bodies {
  const rename = (body: string): string => {
    const records: readonly { readonly name: string }[] = JSON.parse(body);
    return JSON.stringify(
      records.map((record) => ({ ...record, name: `version ${version} of ${record.name}` })),
    );
  };
  return { [ROCKETS]: rename(good[ROCKETS]), [LAUNCHES]: rename(good[LAUNCHES]) };
}

function serve(api: Api, bodies: Bodies): void {
  for (const path of [ROCKETS, LAUNCHES] as const) api.set(path, { body: bodies[path] });
}

/** When to kill a run. Called before the run starts; resolves when the run should be killed. */
type Instant = {
  readonly name: string;
  readonly prepare: (context: {
    readonly api: Api;
    readonly bodies: Bodies;
    readonly hold: Hold;
  }) => Promise<(running: RunningCli) => Promise<unknown>>;
};

const atLine = (pattern: RegExp): Instant => ({
  name: `at the line ${pattern.source}`,
  prepare: async () => (running) => running.line(pattern),
});

const inBody = (path: Path, share: number): Instant => ({
  name: `in the body of ${path} at ${share * 100} %`,
  async prepare({ api, bodies }) {
    const gate = createGate(Math.floor(bodies[path].length * share));
    api.set(path, { body: bodies[path], gate });
    return () => gate.reached;
  },
});

/** Creates a trigger that makes the publish transaction wait. */
const inPublish = (table: string, trigger: string): Instant => ({
  name: `during publish: ${trigger} ON ${table}`,
  prepare: ({ hold }) => hold(table, trigger),
});

type Hold = (table: string, trigger: string) => Promise<(running: RunningCli) => Promise<void>>;

const LANES: readonly (readonly Instant[])[] = [
  [atLine(/run \S+ from /), inBody(ROCKETS, 0.5), inBody(LAUNCHES, 0.1), inBody(LAUNCHES, 0.9)],
  [
    atLine(/rockets: 4 of 4 records validated/),
    atLine(/launches: received/),
    atLine(/launches: 300 of 300 records validated/),
    inPublish('rockets', 'BEFORE UPDATE|FOR EACH STATEMENT'),
  ],
  [
    inPublish('launches', 'BEFORE UPDATE|FOR EACH ROW WHEN (NEW.flight_number = 150)'),
    inPublish('launches', 'AFTER UPDATE|FOR EACH STATEMENT'),
    inPublish('run_tables', 'AFTER INSERT|FOR EACH STATEMENT'),
    inPublish(
      'launches',
      'AFTER UPDATE|DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.flight_number = 150)',
    ),
  ],
];

void describe('a run that is killed', { concurrency: 2 }, () => {
  void describe('on a server', { concurrency: 3 }, () => {
    let server: TestServer;
    before(async () => {
      server = await createTestServer();
    });
    after(() => server.close());

    for (const [lane, instants] of LANES.entries()) {
      void describe(`lane ${lane + 1}`, { concurrency: 1 }, () => {
        let workspace: ReturnType<TestServer['workspace']>;
        let api: Api;
        let holder: Client;
        let version = 1;
        before(async () => {
          workspace = server.workspace();
          holder = new Client({ connectionString: server.url });
          [api] = await Promise.all([startApi({}), holder.connect()]);
          serve(api, versionOf(version));
          const { code, stderr } = await workspace.run(['run', '--migrate', '--source', api.url]);
          assert.equal(code, 0, stderr);
          await workspace.sql(`CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_advisory_xact_lock(4242, ${lane}); RETURN NEW; END $$`);
        });
        after(async () => {
          await Promise.all([api.close(), holder.end()]);
        });

        const hold: Hold = async (table, trigger) => {
          const [when = '', how = ''] = trigger.split('|');
          const kind = how.startsWith('DEFERRABLE') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
          await workspace.sql(
            `CREATE ${kind} wait_here ${when} ON ${table} ${how} EXECUTE FUNCTION wait_here()`,
          );
          await holder.query('SELECT pg_advisory_lock(4242, $1)', [lane]);
          return async (running) => {
            await running.line(/launches: 300 of 300 records validated/);
            await untilFound(holder, `classid = 4242 AND objid = ${lane} AND NOT granted`);
          };
        };

        for (const instant of instants) {
          void it(`leaves the rows of one version if killed ${instant.name}`, async () => {
            const [old, next] = [version, version + 1];
            version = next;
            const bodies = versionOf(next);
            serve(api, bodies);
            const comes = await instant.prepare({ api, bodies, hold });
            const running = workspace.start(['run', '--source', api.url]);
            await comes(running);
            running.kill('SIGKILL');
            assert.equal((await running.finished).signal, 'SIGKILL');
            await holder.query('SELECT pg_advisory_unlock_all()');
            await untilGone(holder, running.pid);

            const found = await workspace.sql<{ version: string }>(VERSIONS);
            const atCommit = instant.name.includes('DEFERRED');
            assert.deepEqual(found, [{ version: `version ${atCommit ? next : old}` }]);
            await workspace.sql(
              'DROP TRIGGER IF EXISTS wait_here ON rockets; DROP TRIGGER IF EXISTS wait_here ON launches; DROP TRIGGER IF EXISTS wait_here ON run_tables',
            );
            serve(api, bodies);
            const { code, report, stderr } = await workspace.pull(['--source', api.url]);
            assert.equal(code, 0, stderr);
            assert.deepEqual(await workspace.sql(VERSIONS), [{ version: `version ${next}` }]);
            assert.equal(report.resources['launches']?.[atCommit ? 'unchanged' : 'updated'], SIZE);
            assert.deepEqual(
              await workspace.sql(`SELECT relname FROM pg_class WHERE relname LIKE 'staging%'
            AND relnamespace = '${workspace.schema}_pipeline'::regnamespace`),
              [],
            );
            assert.deepEqual(await workspace.sql(`SELECT run_id FROM runs WHERE status = 'running'`), []);
          });
        }
      });
    }
  });

  void it('leaves the rows of one version on the embedded database', async (t) => {
    const workspace = await withEmbedded(createWorkspace());
    const api = await startApi({});
    t.after(workspace.remove);
    t.after(api.close);
    serve(api, versionOf(1));
    assert.equal((await workspace.run(['run', '--source', api.url])).code, 0);
    const noHold: Hold = () => assert.fail();
    let now = 1;
    for (const instant of [inBody(LAUNCHES, 0.5), atLine(/300 of 300 records/)]) {
      const bodies = versionOf(now + 1);
      serve(api, bodies);
      const comes = await instant.prepare({ api, bodies, hold: noHold });
      const running = workspace.start(['run', '--source', api.url]);
      await comes(running);
      running.kill('SIGKILL');
      await running.finished;
      const found = await workspace.json<{ version: string }[]>(['query', VERSIONS]);
      const isNew = found[0]?.version === `version ${now + 1}`;
      assert.deepEqual(found, [{ version: `version ${isNew ? now + 1 : now}` }]);
      if (isNew) now += 1;
    }
    serve(api, versionOf(now + 1));
    const { code, report, stderr } = await workspace.pull(['--source', api.url]);
    assert.equal(code, 0, stderr);
    assert.equal(report.resources['launches']?.updated, SIZE);
    const staging = `SELECT relname FROM pg_class WHERE relname LIKE 'staging%'`;
    const [versions, left] = await Promise.all(
      [VERSIONS, staging].map((sql) => workspace.json(['query', sql])),
    );
    assert.deepEqual([versions, left], [[{ version: `version ${now + 1}` }], []]);
  });
});

async function untilFound(client: Client, condition: string): Promise<void> {
  while ((await client.query(`SELECT FROM pg_locks WHERE ${condition}`)).rowCount === 0);
}

/** Waits until the server has detected that the program is dead, and has stopped its work. */
async function untilGone(client: Client, pid: number): Promise<void> {
  const sql = 'SELECT FROM pg_stat_activity WHERE application_name LIKE $1';
  while ((await client.query(sql, [`spacex-pipeline % pid ${pid}`])).rowCount !== 0);
}
