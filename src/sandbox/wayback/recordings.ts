import { applyContent, applyCut, applyProof } from './alter.ts';
import { cassetteOf } from './cassette.ts';
import { apiPath, LATE_RECORDING, RECORDINGS, type Bodies } from './copies.ts';
import type { WaybackFault } from './faults.ts';
import type { Answer } from './send.ts';

export type Recording = { readonly file: Buffer; readonly etag: string | null; readonly recordedAt: string };

/** Null if there is no such resource. */
export function recordingOf(
  resource: string,
  bodies: Bodies,
  faults: readonly WaybackFault[],
): Recording | null {
  const original = bodies('recordings', resource);
  if (original === null) return null;
  const { recordedAt, weak = false } = RECORDINGS[resource] ?? LATE_RECORDING;
  const body = applyContent(original, faults);
  const proof = applyProof(body, faults);
  const etag = weak && proof?.startsWith('"') === true ? `W/${proof}` : proof;
  const binary = faults.some(({ name }) => name === 'binary');
  const uri = `https://api.spacexdata.com${apiPath(resource)}`;
  const file = cassetteOf({ uri, body, etag, recordedAt, binary });
  return { file: applyCut(file, faults), etag, recordedAt };
}

/** The headers that a host of raw repository files sends. */
export function recordingAnswer({ file }: Recording): Answer {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'cache-control': 'max-age=300' };
  return { status: 200, headers, body: file };
}
