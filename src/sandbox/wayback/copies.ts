import { createHash } from 'node:crypto';

import { encodeChunks } from '../chunks.ts';
import { createRouter } from '../routes.ts';
import { createShape } from '../shape.ts';
import { REVISIONS } from '../universe/universe.ts';
import type { World } from '../world.ts';

/** The capture times of each resource, as YYYYMMDDhhmmss. */
export const CAPTURES: Readonly<Record<string, readonly string[]>> = {
  launches: ['20251006050535'],
  rockets: ['20251128034223'],
  capsules: ['20260206123459'],
  crew: ['20251128034519'],
  ships: ['20251128034807'],
  roadster: ['20251006050535'],
};

type RecordingKind = {
  readonly recordedAt: string;
  /** Whether it is an early recording, of the oldest state of the world. */
  readonly early?: true;
  readonly weak?: true;
};

/** The same recordings as in the real repository, except starlink, which is served only on request. */
export const RECORDINGS: Readonly<Record<string, RecordingKind>> = {
  payloads: { recordedAt: '2026-03-21T19:46:50Z' },
  launchpads: { recordedAt: '2026-03-21T19:46:07Z' },
  landpads: { recordedAt: '2026-03-21T19:42:31Z' },
  dragons: { recordedAt: '2026-03-21T19:40:12Z' },
  history: { recordedAt: '2026-03-21T19:41:20Z' },
  ships: { recordedAt: '2026-03-21T19:56:44Z' },
  roadster: { recordedAt: '2026-03-21T19:39:06Z' },
  cores: { recordedAt: '2021-10-11T20:51:14Z', early: true },
  company: { recordedAt: '2021-10-13T22:04:41Z', early: true },
  rockets: { recordedAt: '2021-10-16T22:12:09Z', early: true },
  crew: { recordedAt: '2021-10-16T22:12:32Z', early: true },
  capsules: { recordedAt: '2020-10-31T01:16:49Z', early: true, weak: true },
};
export const LATE_RECORDING: RecordingKind = { recordedAt: '2026-03-22T10:00:00Z' };

const SINGLE = ['roadster', 'company'];

/** The path of a collection below the API's host. */
export function apiPath(resource: string): string {
  return `/${resource === 'launches' ? 'v5' : 'v4'}/${resource}`;
}

/** The path of a recording's file in the recordings folder. */
export function recordingFile(resource: string): string {
  return SINGLE.includes(resource) ? `${resource}.yml` : `${resource}/all.yml`;
}

/** The body that the API returned when it was captured or recorded; null if there is no such resource. */
export type Bodies = (kind: 'captures' | 'recordings', resource: string) => Buffer | null;

/**
 * Generates each body once, on first use. `given` contains bodies by resource, or by `captures/RESOURCE` and
 * `recordings/RESOURCE`, that are used instead.
 */
export function createBodies(world: World, given: Readonly<Record<string, Buffer>>): Bodies {
  const newest = createRouter(world.seed, world.launches, world.revision);
  const oldest = createRouter(world.seed, world.launches, Math.min(world.revision, REVISIONS - 2));
  const made = new Map<string, Buffer | null>();
  return (kind, resource) => {
    const key = `${kind}/${resource}`;
    const own = given[key] ?? given[resource];
    if (own !== undefined) return own;
    const early = kind === 'recordings' && RECORDINGS[resource]?.early === true;
    if (!made.has(key)) {
      const pieces = (early ? oldest : newest)(apiPath(resource))?.body(createShape(world.seed, [])) ?? null;
      made.set(key, pieces === null ? null : Buffer.concat([...encodeChunks(pieces)]));
    }
    return made.get(key) ?? null;
  };
}

/** The ETag that the real API sends: the length in hex, then 27 base64 characters of the SHA-1. */
export function etagOf(body: Buffer): string {
  const digest = createHash('sha1').update(body).digest('base64');
  return `"${body.length.toString(16)}-${digest.slice(0, 27)}"`;
}
