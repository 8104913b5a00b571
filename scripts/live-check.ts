import { createHash } from 'node:crypto';

import packageJson from '../package.json' with { type: 'json' };
import { isReplayed } from '../src/adapters/http/archive/captures.ts';
import { readCassette } from '../src/adapters/http/archive/cassette.ts';
import { openHost, type Host } from '../src/adapters/http/archive/host.ts';
import type { Answer } from '../src/adapters/http/client.ts';
import { readIndex } from '../src/adapters/http/archive/index-rows.ts';
import { readAll } from '../src/adapters/http/archive/page.ts';
import {
  formatPlayback,
  indexUrl,
  isSameOriginal,
  parsePlayback,
} from '../src/adapters/http/archive/playback-url.ts';
import { canProve, disproof } from '../src/adapters/http/archive/proof.ts';
import { PipelineError } from '../src/core/errors.ts';
import type { Archive } from '../src/core/source.ts';
import { systemClock } from '../src/lib/clock.ts';
import { maskUrl } from '../src/lib/mask-url.ts';
import launchLibrary from '../src/sources/launch-library/source.ts';
import spacex from '../src/sources/spacex/source.ts';
import { askLaunchLibrary } from './live-check-launch-library.ts';

/**
 * `npm run live-check`: sends a few small requests to each real service, one at a time, and reports whether the
 * responses are what this project expects. Reads the addresses from SPACEX_PIPELINE_ARCHIVE_URL,
 * SPACEX_PIPELINE_RECORDINGS_URL, SPACEX_PIPELINE_BASE_URL and SPACEX_PIPELINE_LAUNCH_LIBRARY_URL, and proxies from
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY. The report contains no secrets, so you can paste it into a bug report. Exits 1
 * if a response is not as expected.
 */

/** Response headers worth reporting. */
const REPORTED_HEADERS = [
  'content-type',
  'content-encoding',
  'content-length',
  'memento-datetime',
  'location',
  'retry-after',
  'server',
  'cache-control',
  'x-archive-redirect-reason',
  'x-archive-wayback-runtime-error',
  'x-archive-orig-etag',
  'x-archive-orig-content-encoding',
  'etag',
];
const SMALL = 2_000_000;

/** Returns a summary of the response. Throws an Error if the response is not as expected. */
type Inspect = (answer: Answer) => Promise<string>;

const archive = spacex.archive ?? never('the source has no archive');
const playback =
  parsePlayback(env('SPACEX_PIPELINE_ARCHIVE_URL') ?? archive.url) ??
  never('the archive URL is not a playback URL');
const archiveUrl = formatPlayback(playback);
const recordingsUrl = (env('SPACEX_PIPELINE_RECORDINGS_URL') ?? archive.recordingsUrl).replace(/\/+$/, '');
const baseUrl = (env('SPACEX_PIPELINE_BASE_URL') ?? spacex.baseUrl).replace(/\/+$/, '');
/** One per origin, so that services on the same host share its limits. */
const hosts = new Map<string, Host>();
let unexpected = 0;

print(`Live check of ${packageJson.name} ${packageJson.version}, ${new Date().toISOString()}`);
print(`Node ${process.version} on ${process.platform} ${process.arch}`);

await service('Archive, playback', archiveUrl, async (get) => {
  const capture = await get(
    `${archiveUrl}/v4/rockets`,
    'redirects to the nearest capture',
    async (answer) => {
      const to = new URL(answer.headers['location'] ?? fail('no location'), answer.place.url);
      const found = parsePlayback(to.href) ?? fail('the location is not a capture');
      if (answer.status !== 302 || isReplayed(answer.headers)) fail(`status ${answer.status}`);
      if (found.timestamp.length !== 14 || !isSameOriginal(found.original, `${playback.original}/v4/rockets`))
        fail('the location is a capture of a different address, or its timestamp is incomplete');
      return to.href;
    },
  );
  if (capture !== null)
    await get(capture, 'returns a capture whose body matches its original ETag', lookAtCapture);
  await get(`${archiveUrl}/v4/payloads`, 'has no capture', async ({ status, headers }) => {
    if (isReplayed(headers) || status !== 404) fail(`status ${status}: a capture may exist now`);
    return '404 without memento-datetime';
  });
});

await service('Archive, index of captures', archiveUrl, async (get) => {
  for (const [path, expected] of [
    ['/v4/rockets', true],
    ['/v4/payloads', false],
    ['/v4/starlink', false],
  ] as const) {
    const original = playback.original + path;
    const about = `lists ${expected ? 'captures' : 'no captures'} of ${path}`;
    await get(indexUrl({ ...playback, original }).href, about, async (answer) => {
      if (answer.status !== 200) fail(`status ${answer.status}`);
      const rows = readIndex((await readAll(answer, SMALL)).toString(), original);
      const newest = rows[0]?.timestamp ?? 'none';
      if (rows.length > 0 !== expected) fail(`${rows.length} usable, newest: ${newest}`);
      return `${rows.length} usable, newest: ${newest}`;
    });
  }
});

if (recordingsUrl === '') print('\n## Recordings\nTurned off.');
else
  await service('Recordings', recordingsUrl, async (get) => {
    for (const resource of ['company', 'roadster', 'dragons']) {
      const known = recordingOf(archive, resource);
      await get(`${recordingsUrl}/${known.file}`, 'returns the pinned file', async (answer) => {
        if (answer.status !== 200) fail(`status ${answer.status}`);
        const file = await readAll(answer, SMALL);
        const { body, headers } = await readCassette(file);
        const { etag } = headers;
        const wrong = canProve(etag)
          ? disproof(body, etag)
          : 'the recording has no ETag that can verify its body';
        if (wrong !== null) fail(wrong);
        const sha256 = createHash('sha256').update(file).digest('hex');
        if (sha256 !== known.sha256) fail(`its SHA-256 is ${sha256}`);
        return `${file.byteLength} bytes, matching the ETag ${etag}`;
      });
    }
  });

await service('Live API', baseUrl, async (get) => {
  await get(`${baseUrl}/v4/company`, 'is offline, as it has been since June 2026', async ({ status }) => {
    if (status < 500) fail(`status ${status}: the API may be online again`);
    return `status ${status}`;
  });
});

const libraryUrl = (env('SPACEX_PIPELINE_LAUNCH_LIBRARY_URL') ?? launchLibrary.baseUrl).replace(/\/+$/, '');
await service('Launch Library 2', libraryUrl, (get) => askLaunchLibrary(get, libraryUrl, Date.now()));

print(unexpected === 0 ? '\nAll as expected.' : `\n${unexpected} not as expected.`);
for (const host of hosts.values()) host.close();
process.exitCode = unexpected === 0 ? 0 : 1;

async function lookAtCapture(answer: Answer): Promise<string> {
  const { headers, status } = answer;
  if (status !== 200 || !isReplayed(headers)) fail(`status ${status}`);
  const body = await readAll(answer, SMALL);
  const etag = headers['x-archive-orig-etag'];
  if (!canProve(etag))
    fail(`no ETag that can verify the body, only these headers: ${Object.keys(headers).join(', ')}`);
  const wrong = disproof(body, etag);
  if (wrong !== null) fail(wrong);
  return `${body.byteLength} bytes, matching the ETag ${etag}`;
}

type Get = (url: string, about: string, look: Inspect) => Promise<string | null>;

/** Prints one section of the report. */
async function service(name: string, url: string, use: (get: Get) => Promise<void>): Promise<void> {
  print(`\n## ${name}: ${maskUrl(url)}`);
  const { origin } = new URL(url);
  const host = hosts.get(origin) ?? open(url);
  hosts.set(origin, host);
  let number = 0;
  await use(async (to, about, look) => {
    number += 1;
    print(`${number}. GET ${maskUrl(to)}: ${about}`);
    return ask(host, to, look);
  });
}

/** Sends one request. Returns null if the response is not as expected. */
async function ask(host: Host, url: string, look: Inspect): Promise<string | null> {
  const started = performance.now();
  try {
    const answer = await host.get(new URL(url), AbortSignal.timeout(120_000));
    print(`   status ${answer.status} after ${seconds(started)} s`);
    for (const header of REPORTED_HEADERS) {
      const value = answer.headers[header];
      if (value !== undefined) print(`   ${header}: ${header === 'location' ? maskUrl(value) : value}`);
    }
    try {
      const found = await look(answer);
      print(`   as expected: ${maskUrl(found)}`);
      return found;
    } finally {
      answer.release();
    }
  } catch (error) {
    unexpected += 1;
    const reason = error instanceof Error ? error.message : String(error);
    print(`   NOT AS EXPECTED after ${seconds(started)} s: ${host.hide(reason)}`);
    if (error instanceof PipelineError && error.hint !== undefined) print(`   ${error.hint}`);
    return null;
  }
}

function open(url: string): Host {
  const log = { note: silent, debug: silent, info: silent, warn: silent, error: silent };
  const homepage: unknown = Reflect.get(packageJson, 'homepage');
  return openHost(
    {
      ...archive.pacing,
      connectTimeoutSeconds: 10,
      headersTimeoutSeconds: archive.headersTimeoutSeconds,
      bodyTimeoutSeconds: 30,
      minBytesPerSecond: 100,
      responseTimeoutSeconds: 120,
      maxRetryAfterSeconds: 0,
      httpProxy: env('HTTP_PROXY') ?? env('http_proxy'),
      httpsProxy: env('HTTPS_PROXY') ?? env('https_proxy'),
      noProxy: env('NO_PROXY') ?? env('no_proxy'),
      userAgent: `${packageJson.name}/${packageJson.version} (live check${typeof homepage === 'string' ? `; +${homepage}` : ''})`,
      clock: systemClock,
      log,
    },
    {
      url: new URL(url),
      setting: 'the address',
      isReplayed,
      refusedHint: 'It may have blocked this address for an hour.',
    },
  );
}

function recordingOf({ copies }: Archive, resource: string) {
  const found = copies[resource]?.find((copy) => copy.kind === 'recording');
  return found?.kind === 'recording' ? found : never(`no recording of ${resource}`);
}

function env(name: string): string | null {
  return process.env[name] ?? null;
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function silent(): void {
  // The report already contains the error.
}

function fail(reason: string): never {
  throw new Error(reason);
}

function never(reason: string): never {
  throw new Error(`Cannot check: ${reason}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
