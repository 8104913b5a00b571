import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';

import { startLaunchLibrary, type LaunchLibraryOptions } from '../../src/sandbox/launch-library/server.ts';
import { startWayback } from '../../src/sandbox/wayback/server.ts';
import {
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

void describe('npm run live-check', { concurrency: 3 }, () => {
  void it('sends each service at most three requests, one after another, and reports what it found', async (t) => {
    const wayback = await startWayback({ launches: 20, faults: 'status=525', marked: false });
    t.after(wayback.close);
    const library = await startLaunchLibrary({ launches: 20, marked: false });
    t.after(library.close);
    const secret = (url: string): string => url.replace('http://', 'http://someone:s3cret@');
    const { code, stdout } = await check({
      SPACEX_PIPELINE_ARCHIVE_URL: secret(wayback.archiveUrl),
      SPACEX_PIPELINE_RECORDINGS_URL: secret(wayback.recordingsUrl),
      SPACEX_PIPELINE_BASE_URL: secret(wayback.url),
      SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: secret(library.baseUrl),
      SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: 's3cret-of-a-supporter',
    });
    assert.match(
      stdout,
      /returns a capture whose body matches its original ETag\n {3}status 200 .*\n(?: {3}.*\n)* {3}as expected: \d+ bytes/,
    );
    assert.match(
      stdout,
      /lists captures of \/v4\/rockets\n(?: {3}.*\n)* {3}as expected: 1 usable, newest: 20251128034223\n/,
    );
    assert.match(
      stdout,
      /is offline, as it has been since June 2026\n {3}status 525 .*\n(?: {3}.*\n)* {3}as expected/,
    );
    assert.match(
      stdout,
      /returns the quota\n {3}status 200 .*\n(?: {3}.*\n)* {3}as expected: 15 of 15 requests per 3600 s left\n/,
    );
    assert.equal(stdout.match(/as expected: 2 of \d+ launches, \d+ boosters\n/g)?.length, 2, stdout);
    assert.deepEqual(
      library.requests().map(({ path: asked, status }) => [asked.replace(/\?.*/, ''), status]),
      [
        ['/2.3.0/api-throttle/', 200],
        ['/2.3.0/launches/', 200],
        ['/2.3.0/launches/', 200],
      ],
    );
    // The simulated recordings differ from the pinned files.
    assert.equal(stdout.match(/NOT AS EXPECTED after \d+\.\d s: its SHA-256 is [0-9a-f]{64}\n/g)?.length, 3);
    assert.match(stdout, /\n3 not as expected\.\n$/);
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /s3cret|someone/);

    const requests = wayback.requests();
    const times = (start: string): number =>
      requests.filter(({ path: asked }) => asked.startsWith(start)).length;
    assert.deepEqual(['/web/', '/cdx/', '/recordings/', '/v4/'].map(times), [3, 3, 3, 1]);
    for (const { headers, others } of requests) {
      assert.equal(others, 0);
      assert.match(headers['user-agent'] ?? '', /^spacex-pipeline\/\d+\.\d+\.\d+ \(live check/);
    }
    // The pacing allows one request at the start, and one more each second.
    for (const [index, { at }] of requests.entries()) assert.ok(at > (index - 1) * 900, `${index}: ${at}`);
  });

  void it('sends Launch Library no more requests than its quota allows, and reports fields that its contract lacks', async (t) => {
    const odd = createChangingWorld(
      simulatedLaunches(2).map((launch) => updatedAt({ ...launch, weather: 3 }, Date.now())),
    );
    const checkLibrary = async (options: LaunchLibraryOptions) => {
      const library = await startLaunchLibrary(options);
      t.after(library.close);
      const { stdout } = await check({
        SPACEX_PIPELINE_RECORDINGS_URL: '',
        SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: library.baseUrl,
      });
      return { asked: library.requests().length, stdout };
    };
    const [used, unknown] = await Promise.all([
      checkLibrary({ requestsPerWindow: 0 }),
      checkLibrary({ world: odd }),
    ]);
    assert.equal(used.asked, 1);
    assert.match(used.stdout, /as expected: 0 of 0 requests/);
    assert.equal(unknown.asked, 3);
    assert.equal(
      unknown.stdout.match(/NOT AS EXPECTED .*: not in the contract: \/weather \(unknown_field: integer\)/g)
        ?.length,
      2,
      unknown.stdout,
    );
  });

  void it('reports every failed request if there is no network', async () => {
    const { code, stdout } = await check({ SPACEX_PIPELINE_RECORDINGS_URL: '' });
    assert.equal(code, 1);
    assert.equal(stdout.match(/NOT AS EXPECTED after \d+\.\d s: .*ENOTFOUND/g)?.length, 9, stdout);
    assert.match(stdout, /## Recordings\nTurned off\.\n/);
    assert.match(stdout, /\n9 not as expected\.\n$/);
  });
});

async function check(env: Readonly<Record<string, string>>) {
  const offline = path.join(ROOT, 'test/support/offline.ts');
  const child = spawn(process.execPath, ['--import', offline, path.join(ROOT, 'scripts/live-check.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const code = new Promise((resolve) => void child.once('close', resolve));
  return { stdout: await text(child.stdout), code: await code };
}
