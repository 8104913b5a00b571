import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';

import { failureOf, openTestArchive, pullCopy, stageArchive } from '../support/archive.ts';
import { TEST_HOST } from '../support/offline.ts';
import { listen } from '../support/web.ts';

const FIXED = 'captures/rockets/20251128034223';

void describe('a host error', { concurrency: 4 }, () => {
  for (const fault of [
    'status=500',
    'status=502',
    'status=503',
    'status=504',
    'status=522',
    'status=408',
    'reset',
    'reset-body',
    'stall',
  ]) {
    const options = fault === 'stall' ? { bodyTimeoutSeconds: 0.2 } : {};
    void it(`is retried if the host is the archive: ${fault}`, async (t) => {
      const { pull } = await stageArchive(t, { behaviors: { [FIXED]: `${fault}x2` } }, options);
      const { attempts, copy } = await pull('rockets');
      assert.equal(copy?.proof, 'etag');
      assert.deepEqual(
        attempts.map(({ wait_seconds }) => wait_seconds === null),
        [false, false, true],
      );
    });

    void it(`is retried if the host serves the recordings: ${fault}`, async (t) => {
      const { pull } = await stageArchive(t, { behaviors: { 'recordings/dragons': `${fault}x2` } }, options);
      const { attempts, copy } = await pull('dragons');
      assert.notEqual(copy?.file, null);
      assert.equal(attempts.length, 3);
    });
  }

  void it('falls back to the recording after the last attempt if no copy is stored', async (t) => {
    const { asked, lines, pull } = await stageArchive(t, {
      behaviors: { 'captures/rockets': 'status=503' },
    });
    const { attempts, copy } = await pull('rockets');
    assert.equal(copy?.captured_at, '2021-10-16T22:12:09.000Z');
    assert.deepEqual(
      attempts.map(({ status }) => status),
      [503, 503, 503, 200],
    );
    assert.equal(asked().filter((path) => path.startsWith('/cdx/')).length, 0);
    assert.equal(
      lines.filter(({ message }) => message.endsWith('it responded with 503; next attempt in 0.0 s')).length,
      2,
    );
  });

  void it('fails the pull if a newer copy is stored, because an older copy must not replace it', async (t) => {
    const { fail, pull, standIn } = await stageArchive(t, {
      behaviors: { 'captures/rockets': 'status=503' },
    });
    const kept = {
      url: `${standIn.url}/web/20251128034223id_/https://api.spacexdata.com/v4/rockets`,
      etag: null,
    };
    const { attempts, error, isAbsent } = await fail('rockets', kept);
    assert.equal(isAbsent, false);
    assert.match(
      error.message,
      /^Cannot get rockets from a preserved copy: http.*: it responded with 503 \(3 attempts\)$/,
    );
    assert.equal(error.hint, 'Try again later.');
    assert.equal(attempts.length, 3);
    // If the stored copy is the recording itself, it stays.
    const recording = { url: `${standIn.recordingsUrl}/rockets/all.yml`, etag: null };
    assert.equal((await pull('rockets', recording)).status, 304);
  });

  void it('is not retried if it is permanent', async (t) => {
    const { fail } = await stageArchive(t, {
      recordings: [],
      behaviors: { 'captures/launches': 'status=401', 'cdx/launches': 'status=401' },
    });
    const { attempts, error } = await fail('launches');
    assert.deepEqual(attempts, [
      [401, 0],
      [401, null],
    ]);
    assert.match(error.message, /: it responded with 401; .*: it responded with 401$/);
  });
});

void describe('a host that refuses connections', () => {
  void it('receives no further request, because it may have blocked this address', async (t) => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { upstream } = openTestArchive({
      archiveUrl: `http://${TEST_HOST}:${port}/web/1id_/https://api.spacexdata.com`,
    });
    t.after(upstream.close);
    const results = await Promise.all(
      ['launches', 'rockets', 'crew'].map((name) => failureOf(pullCopy(upstream, name))),
    );
    for (const { attempts, error, isAbsent } of results) {
      assert.equal(isAbsent, false);
      assert.match(error.message, /: it refuses connections$/);
      assert.equal(
        error.hint,
        'The archive may have blocked your IP address after too many requests. Wait an hour before you try again.',
      );
      assert.deepEqual(attempts, [[null, null]]);
    }
    assert.match((await upstream.reach(new AbortController().signal)) ?? '', /ECONNREFUSED/);
  });

  void it('is treated as down, not as blocking, if it serves recordings', async (t) => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { fail } = await stageArchive(
      t,
      { captures: {} },
      { recordingsUrl: `http://${TEST_HOST}:${port}` },
    );
    const { attempts, error } = await fail('dragons');
    assert.match(error.message, /ECONNREFUSED/);
    assert.equal(attempts.length, 4);
    assert.doesNotMatch(error.hint ?? '', /blocked/);
  });
});
