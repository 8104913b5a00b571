import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { assertFailure, createTestServer, type TestServer, QUICK_SOURCE } from '../support/workspace.ts';

let server: TestServer;
let api: Api;
let good: Readonly<Record<typeof LAUNCHES, string>>;
before(async () => {
  const replies = await sandboxReplies({ launches: 30 });
  good = { [LAUNCHES]: String(replies[LAUNCHES].body) };
  [server, api] = await Promise.all([createTestServer(), startApi(replies)]);
});
after(async () => {
  await api.close();
  await server.close();
});

type Launch = { readonly id: string; readonly name: unknown };

function launches(change: (launch: Launch, index: number) => readonly Launch[]): string {
  const records: readonly Launch[] = JSON.parse(good[LAUNCHES]);
  return JSON.stringify(records.flatMap(change));
}

it('a resource can have higher or lower limits for bad and vanished records than other resources', async () => {
  const { configure, pull, run } = server.workspace();
  assert.equal((await run(['run', '--migrate', '--source', api.url])).code, 0);
  const broken = launches((launch, index) => [index < 10 ? { ...launch, name: 17 } : launch]);
  const shorter = launches((launch, index) => (index < 10 ? [] : [launch]));
  const enough = { count: 10, share: 0 };
  const none = { count: 0, share: 0 };
  for (const [body, limits, code, message] of [
    [broken, {}, 4, /10 of 30 records broke the contract, .*\(5 and 10%\)$/],
    [broken, { resources: { launches: { rejects: enough } } }, 0, null],
    [broken, { rejects: enough, resources: { launches: { rejects: none } } }, 4, /\(0 and 0%\)$/],
    [broken, { resources: { rockets: { rejects: enough } } }, 4, /launches: 10 of 30/],
    [shorter, {}, 4, /10 of 30 rows are missing from the source, .*\(5 and 10%\)$/],
    [shorter, { resources: { launches: { rejects: enough } } }, 4, /are missing from the source/],
    [shorter, { resources: { launches: { vanished: { share: 0.5 } } } }, 0, null],
  ] as const) {
    const { resources = {}, ...shared } = limits as { readonly resources?: object };
    configure({ limits: shared, source: { ...QUICK_SOURCE, limits: resources } });
    api.set(LAUNCHES, { body });
    const result = await pull(['--source', api.url]);
    assert.equal(result.code, code, result.stderr);
    if (message !== null) assertFailure(result, { code: 4, message });
    assert.equal(result.report.resources['rockets']?.status, 'succeeded');
  }
});

it('rejects malformed limits, and limits for an unknown resource, before any request', async () => {
  const { configure, run } = server.workspace();
  const asked = api.requests.length;
  configure({ source: { limits: { lanches: {} } } });
  assertFailure(await run(['run', '--source', api.url]), {
    code: 2,
    message: /"lanches": did you mean launches\?$/,
  });
  configure({ source: { limits: { launches: { reject: {} } } } });
  const key =
    /unknown key "sources\.spacex\.limits\.launches\.reject"; did you mean "sources\.spacex\.limits\.launches\.rejects"/;
  assertFailure(await run(['run', '--source', api.url]), { code: 2, message: key });
  configure({});
  const env = { SPACEX_PIPELINE_RESOURCE_LIMITS: '{"launches":{"rejects":{"count":-1}}}' };
  const value =
    /SPACEX_PIPELINE_RESOURCE_LIMITS: sources\.spacex\.limits\.launches\.rejects\.count must be a whole number from 0/;
  assertFailure(await run(['config'], env), { code: 2, message: value });
  assert.deepEqual(
    api.requests.slice(asked).filter(({ path }) => path === ROCKETS),
    [],
  );
});
