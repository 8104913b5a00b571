import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PipelineError } from '../../src/core/errors.ts';
import { failureOf, openTestArchive, pinnedTo, pullCopy, stageArchive } from '../support/archive.ts';

const ORIGINAL = 'https://api.spacexdata.com/v4/rockets';
const TIMESTAMP = '20251128034223';
const FIXED = `/web/${TIMESTAMP}id_/${ORIGINAL}`;
const NEAREST = `/web/20260605id_/${ORIGINAL}`;

void describe('the capture nearest to the requested day', { concurrency: 4 }, () => {
  void it('is found through a redirect, verified by its original ETag, and recorded with its own URL', async (t) => {
    const { asked, pull, standIn } = await stageArchive(t);
    const { attempts, body, copy, encoding, headers, simulated, status, url } = await pull('rockets');
    assert.deepEqual(asked(), [NEAREST, FIXED]);
    assert.equal(body, await (await fetch(`${standIn.url}/v4/rockets`)).text());
    assert.equal(status, 200);
    assert.equal(url, standIn.url + FIXED);
    assert.deepEqual(copy, { url, captured_at: '2025-11-28T03:42:23.000Z', proof: 'etag', file: null });
    assert.equal(headers['etag'], headers['x-archive-orig-etag']);
    assert.equal(simulated, false);
    assert.equal(encoding, 'identity');
    assert.deepEqual(
      attempts.map(({ error, status: seen, wait_seconds }) => [error, seen, wait_seconds]),
      [[null, 200, null]],
    );
  });

  void it('is requested with our user agent and no other information about us', async (t) => {
    const { pull, standIn } = await stageArchive(
      t,
      {},
      { userAgent: 'spacex-pipeline/1 (+https://example.com)' },
    );
    await pull('rockets');
    for (const { headers } of standIn.requests()) {
      const { host: _, connection: __, ...rest } = headers;
      assert.deepEqual(rest, {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'spacex-pipeline/1 (+https://example.com)',
      });
    }
  });

  void it('is not fetched again if its body is already stored', async (t) => {
    const { asked, pull, standIn } = await stageArchive(t);
    const { headers, url } = await pull('rockets');
    const kept = { url, etag: headers['etag'] ?? null };
    const again = await pull('rockets', kept);
    assert.deepEqual(asked(), [NEAREST, FIXED, NEAREST]);
    assert.equal(again.status, 304);
    assert.equal(again.body, '');
    assert.equal(again.simulated, null);
    assert.deepEqual(again.copy, { url, captured_at: '2025-11-28T03:42:23.000Z', proof: 'etag', file: null });
    // With a pinned timestamp, there is no redirect to follow, so the pull sends no request.
    const fixed = { archiveUrl: `${standIn.url}/web/${TIMESTAMP}id_/https://api.spacexdata.com` };
    const pinned = await stageArchive(t, {}, fixed);
    assert.equal((await pinned.pull('rockets', kept)).status, 304);
    assert.equal(standIn.requests().length, 3);
  });

  void it('is fetched if a different capture is stored', async (t) => {
    const { pull, standIn } = await stageArchive(t);
    const kept = { url: `${standIn.url}/web/20240101000000id_/${ORIGINAL}`, etag: '"1-abc"' };
    assert.equal((await pull('rockets', kept)).status, 200);
  });

  for (const [fault, requests] of [
    ['moved', 3],
    ['plain-http', 3],
  ] as const) {
    void it(`may redirect to a different capture of the same path: ${fault}`, async (t) => {
      const { asked, pull } = await stageArchive(t, { behaviors: { 'captures/rockets': fault } });
      const { copy, status, url } = await pull('rockets');
      assert.equal(status, 200);
      assert.equal(asked().length, requests);
      assert.equal(copy?.proof, 'etag');
      // If that capture is already stored, its body is not fetched again.
      const again = await pull('rockets', { url, etag: null });
      assert.equal(again.status, 304);
      assert.equal(asked().length, 2 * requests - 1);
    });
  }

  for (const [fault, proof, encoding] of [
    ['weak-etag', 'etag', 'identity'],
    ['no-etag', 'none', 'identity'],
    ['foreign-etag', 'none', 'identity'],
    ['gzip', 'etag', 'gzip'],
    ['br', 'etag', 'br'],
    ['bare-gzip', 'etag', 'gzip'],
    ['double-encoding', 'etag', 'gzip'],
    ['empty-encoding', 'etag', 'identity'],
    ['false-encoding', 'etag', 'identity'],
    ['slow=1', 'etag', 'identity'],
  ] as const) {
    void it(`is accepted with ${fault}`, async (t) => {
      const { pull, standIn } = await stageArchive(t, { behaviors: { 'captures/rockets': fault } });
      const pulled = await pull('rockets');
      assert.equal(pulled.body, await (await fetch(`${standIn.url}/v4/rockets`)).text());
      assert.equal(pulled.copy?.proof, proof);
      assert.equal(pulled.encoding, encoding);
    });
  }

  void it('is requested with the credentials in the configured URL, which are never shown', async (t) => {
    const { standIn } = await stageArchive(t);
    const archiveUrl = standIn.archiveUrl.replace('http://', 'http://someone:s3cret@');
    const { lines, upstream } = openTestArchive({ archiveUrl });
    t.after(upstream.close);
    const before = standIn.requests().length;
    const { url } = await pullCopy(upstream, 'rockets');
    const { error } = await failureOf(pullCopy(upstream, 'payloads'));
    const login = `Basic ${Buffer.from('someone:s3cret').toString('base64')}`;
    for (const { headers } of standIn.requests().slice(before)) assert.equal(headers['authorization'], login);
    assert.equal(url, standIn.url + FIXED);
    assert.doesNotMatch(JSON.stringify([lines, error.message, error.hint]), /s3cret/);
    assert.equal(upstream.hide('it sent s3cret back'), 'it sent *** back');
  });

  void it('is found even if the configured URL ends with a slash', async (t) => {
    const { asked, standIn } = await stageArchive(t);
    const urls = { archiveUrl: `${standIn.archiveUrl}/`, recordingsUrl: `${standIn.recordingsUrl}/` };
    const { upstream } = openTestArchive(urls, { copies: pinnedTo(standIn.pins()) });
    t.after(upstream.close);
    await pullCopy(upstream, 'rockets');
    await pullCopy(upstream, 'dragons');
    assert.deepEqual(asked(), [NEAREST, FIXED, '/recordings/dragons/all.yml']);
  });

  void it('is rejected before any request if the configured URL is not a capture URL', () => {
    for (const archiveUrl of [
      'https://api.spacexdata.com',
      'https://u:s3cret@web.archive.org/web/2026/https://a.b',
    ]) {
      assert.throws(
        () => openTestArchive({ archiveUrl }),
        (error) =>
          error instanceof PipelineError &&
          error.code === 'usage' &&
          /^Cannot use sources\.spacex\.archiveUrl "https:.*": it is not the address of a capture$/.test(
            error.message,
          ) &&
          !error.message.includes('s3cret'),
      );
    }
  });

  void it('indicates that its records are simulated', async (t) => {
    const { pull } = await stageArchive(t, { marked: true });
    const { simulated, url } = await pull('rockets');
    assert.equal(simulated, true);
    assert.equal((await pull('rockets', { url, etag: null })).simulated, true);
  });
});
