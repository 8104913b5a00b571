import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';

import { fetchFrom, JSON_TYPE, openTestUpstream, pullFrom, serve } from '../support/http-upstream.ts';
import type { Web } from '../support/web.ts';

const NO_IPV6 =
  !Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === '::1') && 'this machine has no IPv6';

void describe('a base URL', { concurrency: 4 }, () => {
  void it('can contain a path', async (t) => {
    const web = await serve(t, (_, response) => response.writeHead(200, JSON_TYPE).end('[]'));
    const { url } = await pullFrom(t, `${web.url}/mirror/api`);
    assert.equal(url, `${web.url}/mirror/api/x`);
    assert.equal(web.requests[0]?.path, '/mirror/api/x');
  });

  void it('can contain an IPv6 address', { skip: NO_IPV6 }, async (t) => {
    const server = createServer((_, response) => response.writeHead(200, JSON_TYPE).end('[]'));
    server.listen(0, '::1');
    await once(server, 'listening');
    t.after(() => void server.close());
    const address = server.address();
    const base = `http://[::1]:${typeof address === 'object' ? address?.port : ''}`;
    const { url } = await pullFrom(t, `${base}/mirror`);
    assert.equal(url, `${base}/mirror/x`);
  });

  void it('can contain a login, which is sent with each request and nowhere else', async (t) => {
    const login = `Basic ${Buffer.from('me:p@ß').toString('base64')}`;
    const web = await serve(t, (request, response) => {
      if (request.headers.authorization !== login) response.writeHead(401).end();
      else if (request.url === '/x') response.writeHead(307, { location: '/y' }).end();
      else response.writeHead(200, JSON_TYPE).end('[]');
    });
    const { url } = await pullFrom(t, web.url.replace('//', '//me:p%40%C3%9F@'));
    assert.equal(url, `${web.url}/y`);
    assert.deepEqual(
      web.requests.map(({ headers }) => headers.authorization),
      [login, login],
    );
  });

  void it('does not reveal its login, even if a response echoes it', async (t) => {
    const web = await serve(t, (request, response) =>
      response
        .writeHead(request.url === '/x' ? 403 : 200, {
          ...JSON_TYPE,
          'x-echo': String(request.headers.authorization),
        })
        .end(`${'x'.repeat(100)}You sent ${request.headers.authorization}`),
    );
    const { upstream, lines } = openTestUpstream(web.url.replace('//', '//me:geheimnis@'));
    t.after(upstream.close);
    const failing = fetchFrom(upstream, { path: '/x' }, async () => null);
    await assert.rejects(failing, { message: /responded with 403 \("x+You sent Basic \*\*\*"\)$/ });
    const { result } = await fetchFrom(upstream, { path: '/y' }, async ({ headers }) => headers);
    assert.equal(result['x-echo'], 'Basic ***');
    assert.doesNotMatch(JSON.stringify(lines), /geheimnis|bWU6Z2VoZWltbmlz/);
  });
});

void describe('a redirect', { concurrency: 4 }, () => {
  /**
   * /x redirects to the first place, /1 to the second place, and so on. The last path returns a body.
   * PORT in a place stands for the server's port.
   */
  const leading = async (t: TestContext, places: readonly string[], status = 302): Promise<Web> => {
    const web: Web = await serve(t, (request, response) => {
      const at = /^\/(\d+)/.exec(request.url ?? '')?.[1] ?? '0';
      const location = places[Number(at)]?.replace('PORT', String(web.port));
      if (location === undefined) response.writeHead(200, { ...JSON_TYPE, etag: '"x"' }).end('[]');
      else response.writeHead(status, { location }).end('moved');
    });
    return web;
  };

  for (const status of [301, 302, 303, 307, 308]) {
    void it(`is followed on the same host after a ${status}`, async (t) => {
      const web = await leading(t, ['/1'], status);
      const { attempts, body, url } = await pullFrom(t, web.url);
      assert.deepEqual([body, url, attempts.length], ['[]', `${web.url}/1`, 1]);
    });
  }

  void it('is followed up to five times, with targets of any form, and without revealing their queries', async (t) => {
    const web = await leading(t, [
      '1',
      './2#f',
      '//api.test:PORT/3',
      'http://u:geheim@API.test:PORT/4',
      '/5?geheim#f',
    ]);
    const { upstream, lines } = openTestUpstream(web.url, { requestsPerSecond: 20 });
    t.after(upstream.close);
    const started = performance.now();
    const { result } = await fetchFrom(upstream, { path: '/x', etag: '"y"' }, async ({ url }) => url);
    assert.equal(result, `${web.url}/5?***`);
    assert.deepEqual(
      web.requests.map(({ path }) => path),
      ['/x', '/1', '/2', '/3', '/4', '/5?geheim'],
    );
    assert.ok(
      web.requests.every(({ headers }) => headers['if-none-match'] === '"y"' && !headers.authorization),
    );
    assert.ok(performance.now() - started > 240, 'each redirect counts toward the request budget');
    assert.doesNotMatch(JSON.stringify(lines), /geheim|#/);
  });

  const REFUSED: Readonly<Record<string, { readonly to: string; readonly message: RegExp }>> = {
    'to a different host': {
      to: 'http://other.test:PORT/1?key=geheim',
      message:
        /^Cannot get http:\/\/api\.test:\d+\/x: it redirects to http:\/\/other\.test:\d+\/1\?\*\*\*, which is on a different host$/,
    },
    'to a different port': {
      to: 'http://api.test:1/',
      message: /: it redirects to http:\/\/api\.test:1\/, which uses a different port$/,
    },
    'to a scheme other than HTTP': {
      to: 'ftp://u:geheim@api.test/',
      message: /: it redirects to ftp:\/\/api\.test\/, which is no/,
    },
    'to no address': {
      to: 'http://',
      message: /: it responded with 302 but without a valid Location header$/,
    },
    'in a circle': {
      to: '/x',
      message: /: it redirects more than 5 times, most recently to http:\/\/api\.test:\d+\/x$/,
    },
  };
  for (const [what, { to, message }] of Object.entries(REFUSED)) {
    void it(`fails without a retry if it leads ${what}`, async (t) => {
      const web = await leading(t, [to]);
      const { upstream } = openTestUpstream(web.url);
      t.after(upstream.close);
      await assert.rejects(
        fetchFrom(upstream, { path: '/x' }, async () => null),
        { code: 'source', message },
      );
    });
  }
});
