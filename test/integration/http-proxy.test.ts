import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { createAuthority, createCertificate } from '../support/certificate.ts';
import { fetchFrom, JSON_TYPE, openTestUpstream, pullFrom } from '../support/http-upstream.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { listen, startWeb, type Web } from '../support/web.ts';

const authority = createAuthority('A CA of our own');
const certificate = createCertificate('api.test', authority);
const proxyCertificate = createCertificate('proxy.test', authority);
const untrusted = createCertificate('api.test', createAuthority('Nobody'));
const LOGIN = `Basic ${Buffer.from('me:p@ss/word').toString('base64')}`;
const USERINFO = 'me:p%40ss%2Fword@';

let http: Web;
let https: Web;
let proxy: Proxy;
let closed: number;
before(async () => {
  setDefaultCACertificates([...getCACertificates('default'), authority.cert]);
  http = await startWeb((request, response) => {
    if (request.url === '/upgrade/x') response.writeHead(301, { location: `${https.url}/x` }).end();
    else response.writeHead(200, JSON_TYPE).end('["http"]');
  });
  https = await startWeb(
    (request, response) => {
      if (request.url === '/downgrade/x') response.writeHead(301, { location: `${http.url}/x` }).end();
      else response.writeHead(200, JSON_TYPE).end('["https"]');
    },
    { tls: certificate },
  );
  proxy = await startProxy({ login: LOGIN });
  const server = createServer();
  closed = await listen(server);
  server.close();
});
after(async () => {
  await Promise.all([http.close(), https.close(), proxy.close()]);
});

/** Options that send both schemes through one proxy. */
function by(url: string, noProxy: string | null = null) {
  return { httpProxy: url, httpsProxy: url, noProxy };
}

void describe('a proxy', { concurrency: 1 }, () => {
  void it('receives full URLs for http and tunnel requests for https, with its login', async (t) => {
    const own = await startProxy({ login: LOGIN });
    t.after(own.close);
    const options = by(`http://${USERINFO}proxy.test:${own.port}`);
    const plain = await pullFrom(t, http.url, options);
    const tls = await pullFrom(t, https.url, options);
    assert.deepEqual([plain.body, tls.body], ['["http"]', '["https"]']);
    assert.deepEqual(own.requests, [`GET ${http.url}/x`, `CONNECT api.test:${https.port}`]);
    for (const { headers } of [...http.requests, ...https.requests]) {
      assert.equal(headers['proxy-authorization'], undefined);
      assert.match(headers.host ?? '', /^api\.test:\d+$/);
    }
  });

  void it('can use TLS, and a login that is not fully percent-encoded', async (t) => {
    const own = await startProxy({ tls: proxyCertificate, login: `Basic ${btoa('me:100%')}` });
    t.after(own.close);
    const options = by(`https://me:100%@proxy.test:${own.port}`);
    const plain = await pullFrom(t, http.url, options);
    const tls = await pullFrom(t, https.url, options);
    assert.deepEqual([plain.body, tls.body], ['["http"]', '["https"]']);
    assert.equal(own.requests.length, 2);
  });

  void it('is bypassed for hosts in NO_PROXY and for this machine', async (t) => {
    const options = by(`http://127.0.0.1:${closed}`, 'other.test,.test');
    for (const url of [http.url, https.url]) await pullFrom(t, url, options);
    await pullFrom(t, `http://127.0.0.1:${http.port}`, by(`http://127.0.0.1:${closed}`));
  });

  void it('is used across a redirect from http to https', async (t) => {
    const own = await startProxy();
    t.after(own.close);
    const { body, url } = await pullFrom(t, `${http.url}/upgrade`, by(`http://proxy.test:${own.port}`));
    assert.deepEqual([body, url], ['["https"]', `${https.url}/x`]);
    assert.deepEqual(own.requests, [`GET ${http.url}/upgrade/x`, `CONNECT api.test:${https.port}`]);
  });
});

type Failing = {
  readonly options?: Parameters<typeof startProxy>[0];
  /** The proxy's URL. Without it, the test starts a proxy. */
  readonly url?: () => string;
  readonly reason: RegExp;
  readonly hint: RegExp;
  readonly tries: number;
};

const FAILING: Readonly<Record<string, Failing>> = {
  'is down': {
    url: () => `http://${USERINFO}proxy.test:${closed}`,
    reason: /: connect ECONNREFUSED 127\.0\.0\.1:\d+ \(3 attempts\)$/,
    hint: /NO_PROXY/,
    tries: 0,
  },
  'has a host name without an address': {
    url: () => 'http://proxy.nowhere:3128',
    reason: /: getaddrinfo ENOTFOUND proxy\.nowhere \(3 attempts\)$/,
    hint: /NO_PROXY/,
    tries: 0,
  },
  'requires a login': {
    options: { login: LOGIN },
    reason: /responded with 407/,
    hint: /user:password@host/,
    tries: 1,
  },
  'has an untrusted certificate': {
    options: { tls: untrusted },
    reason: /trusts \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/,
    hint: /NODE_EXTRA_CA_CERTS/,
    tries: 0,
  },
};
const NO_TUNNEL: Readonly<Record<string, Failing>> = {
  'refuses the tunnel': {
    options: { tunnelStatus: 403 },
    reason: /: the proxy responded with 403$/,
    hint: /NO_PROXY/,
    tries: 1,
  },
  'cannot open the tunnel': {
    options: { tunnelStatus: 502 },
    reason: /: the proxy responded with 502 \(3 attempts\)$/,
    hint: /NO_PROXY/,
    tries: 3,
  },
  'never answers': {
    options: { tunnelStatus: null },
    reason: /: no response arrived in time \(3 attempts\)$/,
    hint: /NO_PROXY/,
    tries: 3,
  },
};

void describe('a failing proxy', { concurrency: 4 }, () => {
  const cases = [
    ...Object.entries(FAILING).flatMap(([what, one]) => [
      [what, 'http', one] as const,
      [what, 'https', one] as const,
    ]),
    ...Object.entries(NO_TUNNEL).map(([what, one]) => [what, 'https', one] as const),
  ];
  for (const [what, scheme, { options, url, reason, hint, tries }] of cases) {
    void it(`causes a clear error for ${scheme} if it ${what}`, async (t) => {
      const own = await startProxy(options);
      t.after(own.close);
      const secret = options?.login === undefined ? USERINFO : 'me:geheimnis@';
      const host = options?.tls === undefined ? `http://${secret}proxy.test` : 'https://proxy.test';
      const { lines, upstream } = openTestUpstream(scheme === 'http' ? http.url : https.url, {
        ...by(url?.() ?? `${host}:${own.port}`),
        headersTimeoutSeconds: 0.3,
      });
      t.after(upstream.close);
      const failing = fetchFrom(upstream, { path: '/x' }, async () => null, AbortSignal.timeout(20_000));
      await assert.rejects(failing, (error: Error & { readonly hint?: string; readonly code?: string }) => {
        assert.equal(error.code, 'source');
        assert.match(
          error.message,
          /^Cannot get https?:\/\/api\.test:\d+\/x through the proxy https?:\/\/[^:]+:\d+: /,
        );
        assert.match(error.message, reason);
        assert.match(error.hint ?? '', hint);
        assert.doesNotMatch(error.message + JSON.stringify(lines), /geheim|ss%2F|p@ss/);
        return true;
      });
      assert.equal(own.requests.length, tries);
      if (scheme === 'http') return;
      const unreachable = await upstream.reach(AbortSignal.timeout(20_000));
      assert.match(unreachable ?? '', /^through the proxy https?:\/\/[^:]+:\d+: /);
    });
  }
});

void describe('TLS', { concurrency: 1 }, () => {
  void it('fails with a certificate from an unknown CA, and the error explains how to trust the CA', async (t) => {
    const web = await startWeb((_, response) => response.end(), { tls: untrusted });
    t.after(web.close);
    const expected = {
      code: 'source',
      message:
        /: its certificate is not signed by an authority that this machine trusts \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/,
      hint: /NODE_EXTRA_CA_CERTS=/,
    };
    await assert.rejects(pullFrom(t, web.url), expected);
    await assert.rejects(pullFrom(t, web.url, by(`http://${USERINFO}proxy.test:${proxy.port}`)), expected);
  });

  void it('fails with a certificate for a different host name, and the error gives the reason', async (t) => {
    const web = await startWeb((_, response) => response.end(), { tls: certificate, host: 'other.test' });
    t.after(web.close);
    const expected = {
      code: 'source',
      message: /: its certificate is not valid: .*other\.test.* \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
    };
    await assert.rejects(pullFrom(t, web.url), expected);
    await assert.rejects(pullFrom(t, web.url, by(`http://${USERINFO}proxy.test:${proxy.port}`)), expected);
  });

  void it('fails without a retry if the server does not use TLS', async (t) => {
    await assert.rejects(pullFrom(t, http.url.replace('http:', 'https:')), {
      code: 'source',
      message: /: the TLS handshake failed \(\w+\)$/,
    });
  });

  void it('is never dropped by a redirect', async (t) => {
    await assert.rejects(pullFrom(t, `${https.url}/downgrade`), {
      code: 'source',
      message: `Cannot get ${https.url}/downgrade/x: it redirects to ${http.url}/x, which does not use TLS`,
    });
  });
});
