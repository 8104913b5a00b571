import { createHash } from 'node:crypto';

import { sameEtag } from '../lib/etag.ts';

/** Increase it when the same seed gives other bytes than before. */
const GENERATOR_VERSION = 2;

/**
 * Strong, and in the format of the real API: length in hex, then 27 base64 characters of a SHA-1. Made from what
 * determines the bytes, not from the bytes, so that it is known before they are.
 */
export function createEtag(parts: readonly (string | number)[]): string {
  const digest = createHash('sha1')
    .update(JSON.stringify([GENERATOR_VERSION, ...parts]))
    .digest();
  return `"${digest.readUIntBE(0, 3).toString(16)}-${digest.toString('base64').slice(0, 27)}"`;
}

/** Does If-None-Match name this tag? As for GET in RFC 9110 13.1.2: a weak tag counts as its strong one. */
export function etagMatches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || sameEtag(tag, etag));
}
