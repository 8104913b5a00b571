import { createHash } from 'node:crypto';

import { sameEtag } from '../lib/etag.ts';

/** Increment this number whenever a change makes the same seed produce different bytes. */
const GENERATOR_VERSION = 2;

/**
 * A strong ETag in the real API's format: the length in hex, then 27 base64 characters of a SHA-1. It is computed from
 * the values that determine the body instead of from the body, so that it is known before the body is generated.
 */
export function createEtag(parts: readonly (string | number)[]): string {
  const digest = createHash('sha1')
    .update(JSON.stringify([GENERATOR_VERSION, ...parts]))
    .digest();
  return `"${digest.readUIntBE(0, 3).toString(16)}-${digest.toString('base64').slice(0, 27)}"`;
}

/** Whether If-None-Match contains this tag. Uses weak comparison, as RFC 9110 13.1.2 specifies for GET. */
export function etagMatches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || sameEtag(tag, etag));
}
