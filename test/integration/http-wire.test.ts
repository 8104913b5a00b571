import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { pullFrom, serveBytes } from '../support/http-upstream.ts';

const BODY = '[{"a":1}]';
const STATUS = 'HTTP/1.1 200 OK\r\n';
const TYPE = 'Content-Type: application/json\r\n';
const ZIPPED = gzipSync(BODY).toString('latin1');
const CHUNKED = `9\r\n${BODY}\r\n0\r\n\r\n`;

/** A complete response except for its status line. */
function sized(lines = ''): string {
  return `${TYPE}${lines}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
}

type Taken = {
  readonly bytes: string;
  /** The headers as they are stored. */
  readonly headers?: Readonly<Record<string, string>>;
  /** 2 if the strict parser rejects the first response. */
  readonly requests?: number;
};

const TAKEN: Readonly<Record<string, Taken>> = {
  'after an unrequested 100': { bytes: `HTTP/1.1 100 Continue\r\n\r\n${STATUS}${sized()}` },
  'after two 100 responses': {
    bytes: `${'HTTP/1.1 100 Continue\r\nX: y\r\n\r\n'.repeat(2)}${STATUS}${sized()}`,
  },
  'after 103 and 102': {
    bytes: `HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${STATUS}${sized()}`,
  },
  'with an offer to upgrade': { bytes: `${STATUS}${sized('Upgrade: h2,h2c\r\nConnection: Upgrade\r\n')}` },
  'in HTTP/1.0, without a length': { bytes: `HTTP/1.0 200 OK\r\n${TYPE}\r\n${BODY}` },
  'without a reason phrase': { bytes: `HTTP/1.1 200\r\n${sized()}` },
  'with header names in any case, and trailers': {
    bytes: `${STATUS}CONTENT-TYPE: application/json\r\neTag: "x"\r\nTransfer-Encoding: Chunked\r\n\r\n9;a=b\r\n${BODY}\r\n0\r\nExpires: never\r\n\r\n`,
    headers: { etag: '"x"', 'content-type': 'application/json' },
  },
  'with bytes beyond ASCII in a header': {
    bytes: `${STATUS}${sized('X-A: \xe9\xff\r\n')}`,
    headers: { 'x-a': '\xe9\xff' },
  },
  'with a control character in a header': {
    bytes: `${STATUS}${sized('X-A: a\x01b\x00c\x7f\td\r\n')}`,
    headers: { 'x-a': 'a b c \td' },
    requests: 2,
  },
  'with a folded header': {
    bytes: `${STATUS}${sized('X-A: 1\r\n  2\r\n')}`,
    headers: { 'x-a': '1  2' },
    requests: 2,
  },
  'with line feeds only': { bytes: `${STATUS}${sized()}`.replaceAll('\r\n', '\n'), requests: 2 },
  'with an unknown HTTP version': { bytes: `HTTP/1.2 200 OK\r\n${sized()}`, requests: 2 },
  'in chunks, with a length': {
    bytes: `${STATUS}${TYPE}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
    requests: 2,
  },
  'with repeated headers': {
    bytes: `${STATUS}${sized('Vary: a\r\nETag: "x"\r\nContent-Type: text/html\r\nETag: "y"\r\nVary: b\r\n')}`,
    headers: { vary: 'a, b', etag: '"x"', 'content-type': 'application/json' },
  },
  'with gzip as a transfer encoding': {
    bytes: `${STATUS}${TYPE}Transfer-Encoding: gzip, chunked\r\n\r\n${ZIPPED.length.toString(16)}\r\n${ZIPPED}\r\n0\r\n\r\n`,
  },
  'with more bytes than its length': { bytes: `${STATUS}${sized()} and more` },
};

const BROKEN: Readonly<Record<string, { readonly bytes: string; readonly reason: RegExp }>> = {
  'not HTTP': {
    bytes: 'SSH-2.0-OpenSSH_9.2\r\n',
    reason: /its response is not valid HTTP: Expected HTTP\/.*/,
  },
  'no bytes': { bytes: '', reason: /the connection was closed before the response was complete/ },
  'a truncated head': {
    bytes: `${STATUS}Content-Ty`,
    reason: /the connection was closed before the response was complete/,
  },
  'a head that is too long': {
    bytes: `${STATUS}X-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
    reason: /its response headers are too long/,
  },
  'an invalid header line': {
    bytes: `${STATUS}garbage\r\n${sized()}`,
    reason: /its response is not valid HTTP: Invalid header token \(HPE_INVALID_HEADER_TOKEN\)/,
  },
  'two lengths': {
    bytes: `${STATUS}${sized('Content-Length: 8\r\n')}`,
    reason: /its response is not valid HTTP: Duplicate Content-Length/,
  },
  'an invalid length': {
    bytes: `${STATUS}${TYPE}Content-Length: -9\r\n\r\n${BODY}`,
    reason: /its response is not valid HTTP: Invalid character in Content-Length/,
  },
  'fewer bytes than its length': {
    bytes: `${STATUS}${TYPE}Content-Length: 10\r\n\r\n${BODY}`,
    reason: /the connection was closed before the response was complete/,
  },
  'no last chunk': {
    bytes: `${STATUS}${TYPE}Transfer-Encoding: chunked\r\n\r\n9\r\n${BODY}\r\n`,
    reason: /the connection was closed before the response was complete/,
  },
  'an invalid chunk size': {
    bytes: `${STATUS}${TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n`,
    reason: /its response is not valid HTTP: Invalid character in chunk size/,
  },
  'a switch to a different protocol': {
    bytes: 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    reason: /it responded with 101, but no upgrade was requested/,
  },
};

void describe('a response', { concurrency: 4 }, () => {
  for (const [what, { bytes, headers = {}, requests = 1 }] of Object.entries(TAKEN)) {
    void it(`is accepted ${what}`, async (t) => {
      const server = await serveBytes(t, bytes);
      const pulled = await pullFrom(t, server.url);
      assert.deepEqual([pulled.status, pulled.body, pulled.attempts.length], [200, BODY, 1]);
      assert.partialDeepStrictEqual(pulled.headers, headers);
      assert.equal(server.requests(), requests);
    });
  }

  for (const [what, { bytes, reason }] of Object.entries(BROKEN)) {
    void it(`is retried, and finally fails with the reason: ${what}`, async (t) => {
      const { url } = await serveBytes(t, bytes);
      await assert.rejects(pullFrom(t, url), {
        code: 'source',
        message: new RegExp(`^Cannot get ${url}/x: ${reason.source}.* \\(3 attempts\\)$`),
      });
    });
  }
});
