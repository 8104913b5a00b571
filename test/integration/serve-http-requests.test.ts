import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { startServe, type RunningServe } from '../support/serve.ts';
import { ask, assertRefused, routesOfServe } from '../support/serve-http.ts';
import { createTestServer } from '../support/workspace.ts';

const routes = routesOfServe().filter(({ path }) => path.startsWith('/api/'));

const server = await createTestServer();
after(() => server.close());

let serve: RunningServe;
before(async () => {
  const workspace = server.workspace({
    jobs: { pull: { from: 'sandbox', schedule: null, resources: ['rockets'] } },
  });
  for (const migrate of [['--migrate'], []]) await workspace.pull(['--from', 'sandbox', ...migrate]);
  serve = await startServe(workspace, ['--migrate']);
});
after(() => serve.stop());

describe('requests to the serve HTTP API', () => {
  it('fail if a run id is ambiguous', async () => {
    // Every run id begins with its time, which currently begins with a zero.
    assertRefused(await ask(serve, 'GET', '/api/v1/runs/0'), 400, /: 2 run ids start or end with it$/);
  });

  it('with a wrong method are told which methods the path accepts', async () => {
    for (const [method, path, allow] of [
      ['POST', '/healthz', 'GET, HEAD'],
      ['DELETE', '/metrics', 'GET, HEAD'],
      ['PUT', '/api/v1/jobs', 'GET, HEAD'],
      ['OPTIONS', '/api/v1/jobs/pull', 'GET, HEAD'],
      ['GET', '/api/v1/jobs/pull/run', 'POST'],
      ['PATCH', '/api/v1/jobs/none/enable', 'POST'],
    ] as const) {
      const answer = await ask(serve, method, path);
      assert.equal(answer.headers['allow'], allow, path);
      assertRefused(answer, 405, new RegExp(`^Cannot ${method} ${path}: it accepts only `));
    }
    const head = await ask(serve, 'HEAD', '/api/v1/jobs/pull/run');
    assert.deepEqual([head.status, head.headers['allow']], [405, 'POST']);
  });

  it('can use HEAD wherever they can use GET, with the same permissions', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/jobs', '/api/v1/jobs/pull']) {
      const { body, headers, status } = await ask(serve, 'HEAD', path, { 'sec-fetch-site': 'cross-site' });
      assert.deepEqual([status, body], [200, ''], path);
      assert.match(String(headers['content-type']), /^(?:application\/json|text\/plain)/);
    }
    assert.equal((await ask(serve, 'HEAD', '/api/v1/runs/0000')).status, 404);
  });

  it('with unknown parameters or invalid limits are rejected', async () => {
    for (const route of routes) {
      const answer = await ask(serve, route.method, `${route.path.replace(/:\w+/, 'pull')}?limits=5`);
      assertRefused(answer, 400, /^Cannot read the parameter "limits" with "5": it is unknown/);
    }
    const given = ['abc', '0', '-1', '5000', '1001', '', '1.5', '1e2', '0x10', ' 5', '%0A'];
    for (const path of ['/api/v1/runs', '/api/v1/jobs/pull/history']) {
      for (const limit of given) {
        const found = JSON.stringify(decodeURIComponent(limit)).replaceAll(/[\\.]/g, '\\$&');
        assertRefused(
          await ask(serve, 'GET', `${path}?limit=${limit.replaceAll(' ', '%20')}`),
          400,
          new RegExp(`^Cannot read the parameter limit: .*from 1 to 1000, found ${found}$`),
        );
      }
      assertRefused(await ask(serve, 'GET', `${path}?limit=1&limit=2`), 400, /limit: it appears 2 times$/);
      for (const limit of [1, 1000])
        assert.equal((await ask(serve, 'GET', `${path}?limit=${limit}`)).status, 200);
    }
  });

  it('with a non-empty body are rejected', async () => {
    const json = { 'content-type': 'application/json' };
    const posts = routes.filter(({ method }) => method === 'POST');
    assert.equal(posts.length, 3);
    for (const route of posts) {
      const path = route.path.replace(':name', 'pull');
      for (const [body, message] of [
        ['{"a":', /^Cannot read the body: it is not JSON$/],
        [' ', /^Cannot read the body: it is not JSON$/],
        ['[1]', /^Cannot read the body: it must be an object, found \[1\]$/],
        ['null', /found null$/],
        ['{"force":true}', /^Cannot read the body: it has an unknown member "force"$/],
        ['{"__proto__":{}}', /unknown member "__proto__"$/],
      ] as const)
        assertRefused(await ask(serve, 'POST', path, json, body), 400, message);
    }
    for (const body of ['', '{}', ' { } '])
      assert.equal((await ask(serve, 'POST', '/api/v1/jobs/pull/enable', json, body)).status, 200);
  });

  it('that are not valid HTTP are answered in the same format', async () => {
    for (const [sent, status, message] of [
      ['hello\r\n\r\n', 400, /^Cannot read the request: it is not HTTP$/],
      ['GET /healthz HTTP/1.1\r\n\r\n', 400, /^Cannot read the request: .*host/i],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, 431, /too large$/],
    ] as const) {
      const socket = connect(Number(new URL(serve.url).port), '127.0.0.1');
      socket.end(sent);
      const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
      const [, code = ''] = /^HTTP\/1\.1 (\d+) /.exec(head) ?? [];
      const type = /^content-type: (.*)$/im.exec(head)?.[1];
      assertRefused({ status: Number(code), body, headers: { 'content-type': type } }, status, message);
    }
  });
});
