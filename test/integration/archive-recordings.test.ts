import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';

import type { Recording } from '../../src/core/source.ts';
import type { WaybackOptions } from '../../src/sandbox/wayback/server.ts';
import { copies, failureOf, openTestArchive, pullCopy, stageArchive } from '../support/archive.ts';
import { serve } from '../support/http-upstream.ts';

const FILE = '/recordings/dragons/all.yml';

void describe('a recording', { concurrency: 4 }, () => {
  for (const fault of ['no-fault', 'binary', 'weak-etag', 'gzip', 'br', 'false-encoding', 'bare-gzip']) {
    void it(`returns the recorded body, verified by its ETag, with the URL and hash of its file: ${fault}`, async (t) => {
      const { body, pull, url, sha256 } = await stage(t, fault);
      const pulled = await pull();
      assert.equal(pulled.body, body);
      assert.equal(pulled.url, url);
      assert.equal(pulled.simulated, false);
      assert.equal(pulled.encoding, 'identity');
      assert.equal(pulled.headers['content-type'], 'application/json; charset=utf-8');
      assert.deepEqual(pulled.copy, {
        url,
        captured_at: '2026-03-21T19:40:12.000Z',
        proof: 'etag',
        file: { url, sha256 },
      });
    });
  }

  for (const fault of ['no-etag', 'foreign-etag']) {
    void it(`is verified by its file's hash if no ETag verifies it: ${fault}`, async (t) => {
      const { body, pull } = await stage(t, fault);
      const pulled = await pull();
      assert.equal(pulled.body, body);
      assert.equal(pulled.copy?.proof, 'sha256');
    });
  }

  void it('is verified by its ETag alone if no hash is known', async (t) => {
    const { pull } = await stage(t, 'no-fault', { sha256: null });
    assert.equal((await pull()).copy?.proof, 'etag');
  });

  void it('needs no request if it is already stored', async (t) => {
    const { pull, requests } = await stage(t);
    const { headers, url } = await pull();
    const before = requests();
    const again = await pull({ url, etag: headers['etag'] ?? null });
    assert.equal(requests(), before);
    assert.equal(again.status, 304);
    assert.equal(again.body, '');
    assert.equal(again.simulated, null);
    assert.equal(again.copy?.proof, 'etag');
  });

  for (const [what, fault, known, reason] of [
    ['its hash is wrong', 'no-fault', { sha256: '0'.repeat(64) }, /its SHA-256 is [0-9a-f]{64}, not 0{64}/],
    ['its ETag is wrong', 'no-fault', { etag: '"1-abc"' }, /its body has the ETag "[^"]+", not "1-abc"/],
    [
      'it lacks the expected ETag',
      'no-etag',
      { etag: '"1-abc"' },
      /its body has the ETag \(none\), not "1-abc"/,
    ],
    ['its body does not match its ETag', 'wrong-etag', {}, /its body does not match its original ETag/],
    ['its file is truncated', 'truncate', {}, /: it is not a recording: Missing closing 'quote$/],
    [
      'it has neither a known hash nor an ETag',
      'no-etag',
      { sha256: null },
      /neither a known SHA-256 nor an ETag/,
    ],
    [
      'it has no known hash and an unusable ETag',
      'foreign-etag',
      { sha256: null },
      /neither a known SHA-256 nor an ETag/,
    ],
  ] as const) {
    void it(`is neither loaded nor requested again if ${what}`, async (t) => {
      const { pull, requests } = await stage(t, fault, known);
      const before = requests();
      const { attempts, error, isAbsent } = await failureOf(pull());
      assert.equal(isAbsent, false);
      assert.match(error.message, /^Cannot get dragons from a preserved copy: http.*\/dragons\/all\.yml: /);
      assert.match(error.message, reason);
      assert.equal(error.retryable, false);
      assert.deepEqual(attempts, [[null, null]]);
      assert.equal(requests(), before + 1);
    });
  }

  void it('needs no known hash if its records are simulated, but its ETag must match', async (t) => {
    const pinned = { sha256: '0'.repeat(64), etag: '"1-abc"' };
    const { pull } = await stage(t, 'no-fault', pinned, { marked: true });
    const { copy, simulated } = await pull();
    assert.equal(simulated, true);
    assert.equal(copy?.proof, 'etag');
    const wrong = await stage(t, 'wrong-etag', pinned, { marked: true });
    assert.match((await failureOf(wrong.pull())).error.message, /its body does not match its original ETag/);
    const unproven = await stage(t, 'no-etag', pinned, { marked: true });
    assert.match((await failureOf(unproven.pull())).error.message, /neither a known SHA-256 nor an ETag/);
  });

  void it('is not used if it was made after the requested day', async (t) => {
    const { pull, requests } = await stage(t, 'no-fault', {}, {}, '2025-10-06');
    const before = requests();
    const { error, isAbsent } = await failureOf(pull());
    assert.ok(isAbsent);
    assert.match(
      error.message,
      /^Cannot get dragons: there is no preserved copy for 2025-10-06 \(.*: it was recorded on 2026-03-21, after 2025-10-06\)$/,
    );
    assert.equal(requests(), before);
  });

  void it('does not fail the pull if its file does not exist', async (t) => {
    const { pull } = await stage(t, 'missing');
    const { error, isAbsent } = await failureOf(pull());
    assert.ok(isAbsent);
    assert.match(
      error.message,
      /^Cannot get dragons: there is no preserved copy \(http.*all\.yml: there is no such file\)$/,
    );
  });

  for (const [what, file, reason] of [
    ['a web page', '<!DOCTYPE html><html lang="en">', /it is not a recording/],
    ['not YAML', '{"a": [', /it is not a recording/],
    [
      'a recording of a different URL',
      exchange({ url: 'https://api.spacexdata.com/v4/crew' }),
      /a recording of https:\/\/api.spacexdata.com\/v4\/crew, not of/,
    ],
    ['a recording of an error', exchange({ status: 503 }), /it is a recording of an error response \(503\)/],
    [
      'a recording of a web page',
      exchange({ type: 'text/html' }),
      /its recorded content type is text\/html, not JSON/,
    ],
    ['too large', Buffer.alloc(64_000_001, ' '), /its response is larger than 64000000 bytes/],
  ] as const) {
    void it(`is rejected if it is ${what}`, async (t) => {
      const web = await serve(t, (_, response) => void response.end(file));
      const sha256 = createHash('sha256').update(file).digest('hex');
      const { upstream } = openTestArchive(
        { archiveUrl: `${web.url}/web/1id_/https://api.spacexdata.com`, recordingsUrl: web.url },
        { copies: { dragons: [{ ...RECORDING, sha256, etag: null }] } },
      );
      t.after(upstream.close);
      const { error } = await failureOf(pullCopy(upstream, 'dragons'));
      assert.match(error.message, reason);
      assert.equal(web.requests.length, 1);
    });
  }
});

void describe('disabled recordings', () => {
  void it('are not requested', async (t) => {
    const { asked, fail } = await stageArchive(t, {}, { recordingsUrl: null });
    const { isAbsent } = await fail('dragons');
    assert.ok(isAbsent);
    assert.ok(asked().every((path) => path.startsWith('/web/')));
  });
});

const RECORDING =
  copies()['dragons']?.find((copy): copy is Recording => copy.kind === 'recording') ?? assert.fail();

/** Serves one recording with a known hash, but without a known ETag unless `known` contains one. */
async function stage(
  t: TestContext,
  fault = 'no-fault',
  known: Partial<Recording> = {},
  options: WaybackOptions = {},
  until: string | null = null,
) {
  const behaviors = fault === 'no-fault' ? {} : { 'recordings/dragons': fault };
  const { standIn } = await stageArchive(t, { behaviors, ...options });
  const sha256 = IN_TRANSIT.has(fault)
    ? (standIn.pins()['dragons']?.sha256 ?? '')
    : await hashOf(standIn.url + FILE);
  const recording = { ...RECORDING, sha256, etag: null, ...known };
  const { upstream } = openTestArchive(standIn, { copies: { dragons: [recording] }, until });
  t.after(upstream.close);
  return {
    body: await (await fetch(`${standIn.url}/v4/dragons`)).text(),
    url: standIn.url + FILE,
    sha256,
    pull: (kept: Parameters<typeof pullCopy>[2] = null) => pullCopy(upstream, 'dragons', kept),
    requests: () => standIn.requests().length,
  };
}

/** Faults that do not change the stored file. */
const IN_TRANSIT: ReadonlySet<string> = new Set(['gzip', 'br', 'false-encoding', 'bare-gzip']);

async function hashOf(url: string): Promise<string> {
  const file = Buffer.from(await (await fetch(url)).arrayBuffer());
  return createHash('sha256').update(file).digest('hex');
}

function exchange({
  url = 'https://api.spacexdata.com/v4/dragons',
  status = 200,
  type = 'application/json',
}): string {
  return JSON.stringify({
    http_interactions: [
      {
        request: { uri: url },
        response: { status: { code: status }, headers: { 'Content-Type': [type] }, body: { string: '[]' } },
      },
    ],
  });
}
