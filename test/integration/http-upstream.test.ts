import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { fetchFrom, JSON_TYPE, openTestUpstream, pullFrom, serve } from '../support/http-upstream.ts';

const BODY = `[${'{"name":"Größe"},'.repeat(5000)}{}]`;

type Encoded = {
  readonly header: string;
  readonly bytes: Buffer;
  /** The encoding that is decoded, if the header says otherwise. */
  readonly encoding?: string;
};

const ENCODED: Readonly<Record<string, Encoded>> = {
  gzip: { header: 'gzip', bytes: gzipSync(BODY) },
  'gzip in capitals': { header: 'GZIP', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip by its old name': { header: 'x-gzip', bytes: gzipSync(BODY) },
  'gzip, said twice and done twice': { header: 'gzip, gzip', bytes: gzipSync(gzipSync(BODY)) },
  'gzip, said twice and done once': { header: 'gzip, gzip', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip, said and not done': { header: 'gzip', bytes: Buffer.from(BODY), encoding: 'identity' },
  'gzip, said and not done, with space before': {
    header: 'gzip',
    bytes: Buffer.from(`\n${BODY}`),
    encoding: 'identity',
  },
  'what is no encoding': { header: 'utf-8', bytes: Buffer.from(BODY), encoding: 'identity' },
  'an empty name': { header: '', bytes: Buffer.from(BODY), encoding: 'identity' },
  'identity and gzip': { header: 'identity, gzip', bytes: gzipSync(BODY), encoding: 'gzip' },
  'gzip in two members': {
    header: 'gzip',
    bytes: Buffer.concat([gzipSync(BODY.slice(0, 99)), gzipSync(BODY.slice(99))]),
  },
  brotli: { header: 'br', bytes: brotliCompressSync(BODY) },
  'gzip of brotli': { header: 'br, gzip', bytes: gzipSync(brotliCompressSync(BODY)) },
  'no encoding': { header: 'identity', bytes: Buffer.from(BODY) },
};

void describe('a body', { concurrency: 4 }, () => {
  for (const [name, { header, bytes, encoding = header }] of Object.entries(ENCODED)) {
    void it(`comes decoded from ${name}`, async (t) => {
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
    void it(`that ends within its ${header} is requested again`, async (t) => {
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

    void it(`that is not ${header} fails in the end`, async (t) => {
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
    ['ends within its gzip', { 'content-encoding': 'gzip' }, gzipSync(BODY).subarray(0, 99)],
    ['breaks off', { 'content-length': 9999 }, Buffer.from('[1')],
  ] as const) {
    void it(`that ${what} before it is read is an error only for its reader`, async (t) => {
      const web = await serve(t, (request, response) => {
        if (request.url !== '/x') response.end();
        else if ('content-length' in header)
          response.writeHead(200, { ...JSON_TYPE, ...header }).write(bytes, () => request.socket.end());
        else response.writeHead(200, { ...JSON_TYPE, ...header }).end(bytes);
      });
      const { upstream } = openTestUpstream(web.url, { maxAttempts: 1 });
      t.after(upstream.close);
      const reading = fetchFrom(upstream, { path: '/x' }, async ({ body }) => {
        // By then, everything that the other answer sends has arrived.
        for (let turn = 0; turn < 10; turn += 1) await fetchFrom(upstream, { path: '/y' }, async () => null);
        for await (const _ of body);
      });
      await assert.rejects(reading, {
        code: 'source',
        message: /(unexpected end of file|connection was closed)/,
      });
    });
  }

  void it('in an encoding that was not requested is refused at once', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'zstd' }).end('x'),
    );
    await assert.rejects(pullFrom(t, web.url), {
      code: 'source',
      message: /: it responded with an encoding that was not requested, "zstd"$/,
    });
    assert.equal(web.requests.length, 1);
  });

  void it('of an error is quoted after decoding', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync('no such thing')),
    );
    await assert.rejects(pullFrom(t, web.url), { message: /: it responded with 404 \("no such thing"\)$/ });
  });

  void it('that is shorter than announced is requested again', async (t) => {
    const web = await serve(t, (request, response, number) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 6 });
      if (number > 1) response.end('[1, 2]');
      else response.write('[1', () => request.socket.end());
    });
    const { attempts, body } = await pullFrom(t, web.url);
    assert.deepEqual([body, attempts.length], ['[1, 2]', 2]);
  });

  void it('that comes slowly is accepted, as long as it does not pause', async (t) => {
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

void describe('an answer', { concurrency: 4 }, () => {
  for (const status of [201, 204, 206, 300, 305, 401, 407, 410, 418]) {
    void it(`of ${status} is final`, async (t) => {
      const web = await serve(t, (_, response) => response.writeHead(status, JSON_TYPE).end());
      await assert.rejects(pullFrom(t, web.url), {
        code: 'source',
        message: `Cannot get ${web.url}/x: it responded with ${status}`,
      });
      assert.equal(web.requests.length, 1);
    });
  }

  for (const status of [408, 425, 429, 500, 502, 599]) {
    void it(`of ${status} is retried`, async (t) => {
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
    void it(`of ${kept} is answered by a 304 with ${answered ?? 'no ETag'}`, async (t) => {
      const web = await answering([answered], t);
      const { status, attempts } = await pullFrom(t, web.url, {}, kept);
      assert.deepEqual([status, attempts.length], [304, 1]);
      assert.equal(web.requests[0]?.headers['if-none-match'], kept);
    });
  }

  void it('contains the tag as received, whatever its bytes', async (t) => {
    const web = await answering(['"é"', '"é"'], t);
    const { headers } = await pullFrom(t, web.url);
    assert.equal(headers['etag'], '"é"');
    const { status } = await pullFrom(t, web.url, {}, headers['etag'] ?? '');
    assert.deepEqual([status, web.requests[1]?.headers['if-none-match']], [304, '"é"']);
  });

  void it('is left out after a 304 for another version', async (t) => {
    const web = await answering(['"y"', '"y"'], t);
    const { attempts, body, status } = await pullFrom(t, web.url, {}, '"x"');
    assert.deepEqual([status, body], [200, '[]']);
    assert.match(
      attempts[0]?.error ?? '',
      /responded with 304 for version "y", but the stored version is "x"$/,
    );
    assert.equal(web.requests[1]?.headers['if-none-match'], undefined);
  });

  void it('is not needed for a 200 with the same ETag, which is a body like any other', async (t) => {
    const web = await serve(t, (_, response) =>
      response.writeHead(200, { ...JSON_TYPE, etag: '"x"' }).end('[]'),
    );
    const { body, status } = await pullFrom(t, web.url, {}, '"x"');
    assert.deepEqual([status, body], [200, '[]']);
  });

  void it('was not sent, but a 304 arrived: this fails in the end', async (t) => {
    const web = await serve(t, (_, response) => response.writeHead(304).end());
    await assert.rejects(pullFrom(t, web.url), {
      code: 'source',
      message: /responded with 304 to an unconditional request.*\(3 attempts\)$/,
    });
  });
});
