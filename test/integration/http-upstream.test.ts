import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { fetchFrom, JSON_TYPE, openTestUpstream, pullFrom, serve } from '../support/http-upstream.ts';

const BODY = `[${'{"name":"Größe"},'.repeat(5000)}{}]`;

type Encoded = {
  readonly header: string;
  readonly bytes: Buffer;
  /** The encoding that is decoded, if it differs from the header. */
  readonly encoding?: string;
};

const ENCODED: Readonly<Record<string, Encoded>> = {
  gzip: { header: 'gzip', bytes: gzipSync(BODY) },
  'gzip in uppercase': { header: 'GZIP', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip by its old name': { header: 'x-gzip', bytes: gzipSync(BODY) },
  'gzip, declared twice and applied twice': { header: 'gzip, gzip', bytes: gzipSync(gzipSync(BODY)) },
  'gzip, declared twice and applied once': { header: 'gzip, gzip', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip, declared but not applied': { header: 'gzip', bytes: Buffer.from(BODY), encoding: 'identity' },
  'gzip, declared but not applied, after a line break': {
    header: 'gzip',
    bytes: Buffer.from(`\n${BODY}`),
    encoding: 'identity',
  },
  'a charset instead of an encoding': { header: 'utf-8', bytes: Buffer.from(BODY), encoding: 'identity' },
  'an empty encoding name': { header: '', bytes: Buffer.from(BODY), encoding: 'identity' },
  'identity and gzip': { header: 'identity, gzip', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip in two members': {
    header: 'gzip',
    bytes: Buffer.concat([gzipSync(BODY.slice(0, 99)), gzipSync(BODY.slice(99))]),
  },
  brotli: { header: 'br', bytes: brotliCompressSync(BODY) },
  'gzip over brotli': { header: 'br, gzip', bytes: gzipSync(brotliCompressSync(BODY)) },
  'no encoding': { header: 'identity', bytes: Buffer.from(BODY) },
};

void describe('a body', { concurrency: 4 }, () => {
  for (const [name, { header, bytes, encoding = header }] of Object.entries(ENCODED)) {
    void it(`is decoded: ${name}`, async (t) => {
      const web = await serve(t, (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': header }).end(bytes),
      );
      const { body, headers, ...pulled } = await pullFrom(t, web.url);
      assert.equal(body.trimStart(), BODY);
      assert.deepEqual([headers['content-encoding'], pulled.encoding], [header, encoding]);
      assert.equal(web.requests[0]?.headers['accept-encoding'], 'gzip, br');
    });
  }

  for (const [header, whole] of [
    ['gzip', gzipSync(BODY)],
    ['br', brotliCompressSync(BODY)],
  ] as const) {
    void it(`is requested again if its ${header} data is truncated`, async (t) => {
      const web = await serve(t, (_, response, number) =>
        response
          .writeHead(200, { ...JSON_TYPE, 'content-encoding': header })
          .end(number === 1 ? whole.subarray(0, whole.length / 2) : whole),
      );
      const { attempts, body } = await pullFrom(t, web.url);
      assert.equal(body, BODY);
      assert.match(
        attempts[0]?.error ?? '',
        /^Cannot get http:\/\/api\.test:\d+\/x: unexpected end of file$/,
      );
      assert.equal(attempts.length, 2);
    });

    void it(`fails after all attempts if it is not valid ${header}`, async (t) => {
      const web = await serve(t, (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': header }).end('no such thing'),
      );
      await assert.rejects(pullFrom(t, web.url), {
        code: 'source',
        message: /^Cannot get .*\(3 attempts\)$/,
      });
    });
  }

  for (const [what, header, bytes] of [
    ['contains truncated gzip data', { 'content-encoding': 'gzip' }, gzipSync(BODY).subarray(0, 99)],
    ['is truncated', { 'content-length': 9999 }, Buffer.from('[1')],
  ] as const) {
    void it(`causes an error only for its reader if it ${what}`, async (t) => {
      const web = await serve(t, (request, response) => {
        if (request.url !== '/x') response.end();
        else if ('content-length' in header)
          response.writeHead(200, { ...JSON_TYPE, ...header }).write(bytes, () => request.socket.end());
        else response.writeHead(200, { ...JSON_TYPE, ...header }).end(bytes);
      });
      const { upstream } = openTestUpstream(web.url, { maxAttempts: 1 });
      t.after(upstream.close);
      const reading = fetchFrom(upstream, { path: '/x' }, async ({ body }) => {
        // After these requests, everything that the server sends for /x has arrived.
        for (let turn = 0; turn < 10; turn += 1) await fetchFrom(upstream, { path: '/y' }, async () => null);
        for await (const _ of body);
      });
      await assert.rejects(reading, {
        code: 'source',
        message: /(unexpected end of file|connection was closed)/,
      });
    });
  }

  void it('is rejected without a retry if its encoding was not requested', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'zstd' }).end('x'),
    );
    await assert.rejects(pullFrom(t, web.url), {
      code: 'source',
      message: /: it responded with an encoding that was not requested, "zstd"$/,
    });
    assert.equal(web.requests.length, 1);
  });

  void it('is decoded before it is quoted in an error', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync('no such thing')),
    );
    await assert.rejects(pullFrom(t, web.url), { message: /: it responded with 404 \("no such thing"\)$/ });
  });

  void it('is requested again if it is shorter than announced', async (t) => {
    const web = await serve(t, (request, response, number) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 6 });
      if (number > 1) response.end('[1, 2]');
      else response.write('[1', () => request.socket.end());
    });
    const { attempts, body } = await pullFrom(t, web.url);
    assert.deepEqual([body, attempts.length], ['[1, 2]', 2]);
  });

  void it('can arrive slowly, as long as it does not pause', async (t) => {
    const web = await serve(t, (_, response) => {
      response.writeHead(200, JSON_TYPE);
      const text = ['[', '1', ',', ' ', '2', ',', ' ', '3', ']'];
      const timer = setInterval(() => {
        const next = text.shift();
        if (next !== undefined) return response.write(next);
        clearInterval(timer);
        return response.end();
      }, 100);
    });
    const { attempts, body } = await pullFrom(t, web.url, { bodyTimeoutSeconds: 0.6, minBytesPerSecond: 5 });
    assert.deepEqual([body, attempts.length], ['[1, 2, 3]', 1]);
  });
});

void describe('a request', { concurrency: 4 }, () => {
  for (const status of [201, 204, 206, 300, 305, 401, 407, 410, 418]) {
    void it(`is not repeated after a ${status}`, async (t) => {
      const web = await serve(t, (_, response) => response.writeHead(status, JSON_TYPE).end());
      await assert.rejects(pullFrom(t, web.url), {
        code: 'source',
        message: `Cannot get ${web.url}/x: it responded with ${status}`,
      });
      assert.equal(web.requests.length, 1);
    });
  }

  for (const status of [408, 425, 429, 500, 502, 599]) {
    void it(`is repeated after a ${status}`, async (t) => {
      const web = await serve(t, (_, response, number) =>
        response.writeHead(number === 1 ? status : 200, JSON_TYPE).end('[]'),
      );
      const { attempts } = await pullFrom(t, web.url);
      assert.deepEqual(
        attempts.map((one) => one.status),
        [status, 200],
      );
    });
  }
});

void describe('If-None-Match', { concurrency: 4 }, () => {
  const answering = (etags: readonly (string | null)[], t: TestContext) =>
    serve(t, (request, response, number) => {
      const etag = etags[number - 1] ?? null;
      const status = request.headers['if-none-match'] === undefined ? 200 : 304;
      const unread = status === 304 ? { 'content-encoding': 'zstd' } : {};
      response.writeHead(status, { ...JSON_TYPE, ...unread, ...(etag === null ? {} : { etag }) });
      response.end(status === 200 ? '[]' : undefined);
    });

  for (const [kept, answered] of [
    ['"x"', '"x"'],
    ['W/"x"', '"x"'],
    ['"x"', 'W/"x"'],
    ['"x"', null],
  ] as const) {
    void it(`${kept} accepts a 304 with ${answered ?? 'no ETag'}`, async (t) => {
      const web = await answering([answered], t);
      const { status, attempts } = await pullFrom(t, web.url, {}, kept);
      assert.deepEqual([status, attempts.length], [304, 1]);
      assert.equal(web.requests[0]?.headers['if-none-match'], kept);
    });
  }

  void it('contains the ETag exactly as received, regardless of its bytes', async (t) => {
    const web = await answering(['"é"', '"é"'], t);
    const { headers } = await pullFrom(t, web.url);
    assert.equal(headers['etag'], '"é"');
    const { status } = await pullFrom(t, web.url, {}, headers['etag'] ?? '');
    assert.deepEqual([status, web.requests[1]?.headers['if-none-match']], [304, '"é"']);
  });

  void it('is omitted after a 304 for a different version', async (t) => {
    const web = await answering(['"y"', '"y"'], t);
    const { attempts, body, status } = await pullFrom(t, web.url, {}, '"x"');
    assert.deepEqual([status, body], [200, '[]']);
    assert.match(
      attempts[0]?.error ?? '',
      /responded with 304 for version "y", but the stored version is "x"$/,
    );
    assert.equal(web.requests[1]?.headers['if-none-match'], undefined);
  });

  void it('accepts a 200 with the same ETag, whose body is read like any other', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(200, { ...JSON_TYPE, etag: '"x"' }).end('[]'),
    );
    const { body, status } = await pullFrom(t, web.url, {}, '"x"');
    assert.deepEqual([status, body], [200, '[]']);
  });

  void it('is required for a 304: without it, a 304 fails after all attempts', async (t) => {
    const web = await serve(t, (_, response) => response.writeHead(304).end());
    await assert.rejects(pullFrom(t, web.url), {
      code: 'source',
      message: /responded with 304 to an unconditional request.*\(3 attempts\)$/,
    });
  });
});
