import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

import { openArchive, type ArchiveOptions } from '../../src/adapters/http/archive/open-archive.ts';
import { AbsentError, PipelineError } from '../../src/core/errors.ts';
import type { Attempt, PageRequest, Upstream, UpstreamResponse } from '../../src/core/ports.ts';
import type { Archive } from '../../src/core/source.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startWayback, type Wayback, type WaybackOptions } from '../../src/sandbox/wayback/server.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { createTestLog, loggingRetries, never, unobserved } from './http-upstream.ts';

const { resources } = spacex;

const SETTINGS = {
  archiveUrl: 'sources.spacex.archiveUrl',
  recordingsUrl: 'sources.spacex.recordingsUrl',
} as const;

/** The copies that the source lists, but with the hashes and ETags of a stand-in's recordings. */
export function pinnedTo(pins: ReturnType<Wayback['pins']>): Archive['copies'] {
  return Object.fromEntries(
    Object.entries(copies()).map(([resource, list]) => [
      resource,
      list.map((copy) => (copy.kind === 'capture' ? copy : { ...copy, ...pinOf(pins[resource]) })),
    ]),
  );
}

export function copies(): Archive['copies'] {
  return spacex.archive?.copies ?? assert.fail('The source has no archive');
}

function pinOf(pin: ReturnType<Wayback['pins']>[string] | undefined) {
  return pin === undefined ? {} : { sha256: pin.sha256, etag: pin.etag, recorded: pin.recordedAt };
}

/**
 * Opens an archive at these addresses, with waits that are short enough for tests. Also returns the lines that it logs.
 */
export function openTestArchive(
  urls: { readonly archiveUrl: string; readonly recordingsUrl?: string | null },
  options: Partial<ArchiveOptions> = {},
) {
  const { lines, log } = createTestLog();
  const upstream = openArchive({
    address: 'archive',
    archiveUrl: urls.archiveUrl,
    recordingsUrl: urls.recordingsUrl ?? null,
    settings: SETTINGS,
    copies: copies(),
    until: null,
    pacing: { requestsPerSecond: 1000, burst: 1 },
    userAgent: 'test',
    connectTimeoutSeconds: 5,
    headersTimeoutSeconds: 5,
    bodyTimeoutSeconds: 5,
    minBytesPerSecond: 100,
    responseTimeoutSeconds: 60,
    maxAttempts: 3,
    maxRetryAfterSeconds: 1,
    backoffBaseSeconds: 0.01,
    backoffCapSeconds: 0.01,
    httpProxy: null,
    httpsProxy: null,
    noProxy: null,
    clock: systemClock,
    random: Math.random,
    log,
    ...options,
  });
  return { upstream: loggingRetries(upstream, log), lines };
}

/** Starts a stand-in that looks like the real archive, and opens it as the program does. */
export async function stageArchive(
  t: TestContext,
  wayback: WaybackOptions = {},
  options: Partial<ArchiveOptions> = {},
) {
  const standIn = await startWayback({ launches: 20, marked: false, ...wayback });
  t.after(standIn.close);
  const { upstream, lines } = openTestArchive(standIn, { copies: pinnedTo(standIn.pins()), ...options });
  t.after(upstream.close);
  return {
    standIn,
    upstream,
    lines,
    /** The paths of all requests, in order. */
    asked: () => standIn.requests().map(({ path }) => path),
    pull: (resource: string, kept: PageRequest['kept'] = null) => pullCopy(upstream, resource, kept),
    fail: (resource: string, kept: PageRequest['kept'] = null) =>
      failureOf(pullCopy(upstream, resource, kept)),
  };
}

export type Pulled = Omit<UpstreamResponse, 'body'> & {
  readonly body: string;
  readonly attempts: readonly Attempt[];
};

/** Sends a request, and retries it until a response can be read completely. */
export async function pullCopy(
  upstream: Upstream,
  resource: string,
  kept: PageRequest['kept'] = null,
  signal = never,
): Promise<Pulled> {
  const tries = upstream.open({ resource, path: pathOf(resource), kept, ...unobserved }, signal);
  try {
    for (;;) {
      const response = await tries.next();
      try {
        const body = (await buffer(response.body)).toString();
        return { ...response, body, attempts: tries.end() };
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        await tries.failed(error);
      }
    }
  } catch (error) {
    if (error instanceof Error) failures.set(error, tries.end());
    throw error;
  }
}

const failures = new WeakMap<Error, readonly Attempt[]>();

export type Failed = {
  readonly error: PipelineError;
  readonly isAbsent: boolean;
  /** The status of each attempt, and the wait after it. */
  readonly attempts: readonly (readonly [status: number | null, wait: number | null])[];
};

export async function failureOf(work: Promise<unknown>): Promise<Failed> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const attempts = failures.get(error) ?? assert.fail('The attempts were not recorded');
    return {
      error,
      isAbsent: error instanceof AbsentError,
      attempts: attempts.map(({ status, wait_seconds }) => [status, wait_seconds] as const),
    };
  }
  return assert.fail('It did not fail');
}

export function pathOf(resource: string): string {
  return resources.find(({ name }) => name === resource)?.path ?? assert.fail(`No resource ${resource}`);
}
