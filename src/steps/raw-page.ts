import type { Attempt, RawBody, UpstreamResponse } from '../core/ports.ts';
import type { RawFile } from '../core/run.ts';

/** What the run, the ledger and the meta file store about a response and its body. */
export function pageOf(response: UpstreamResponse, body: RawBody, runId: string): RawFile {
  const { copy, headers, url } = response;
  return {
    path: body.path,
    url: copy?.url ?? url,
    bytes: body.bytes,
    sha256: body.sha256,
    etag: headers['etag'] ?? null,
    received_by: runId,
    captured_at: copy?.captured_at ?? null,
    proof: copy?.proof ?? null,
  };
}

/**
 * What to store if the response indicates that nothing has changed: the facts about the earlier page that still apply.
 */
export function keptPageOf(response: UpstreamResponse, body: RawBody, kept: RawFile): RawFile {
  const { etag, url, ...rest } = kept;
  return {
    ...rest,
    path: body.path,
    url: response.copy === null ? response.url : url,
    etag: response.headers['etag'] ?? etag,
  };
}

/** Matches the names of headers that may contain a secret or a session. */
const WITHHELD = /auth|cookie|token|secret|session|credential|signature|key|location/;

/** Matches values that include the query, fragment or login of a URL, as `link` and `refresh` do. */
const LEADS_ON = /[?#@]/;

/** The contents of a page's meta file. */
export function pageMeta(
  response: UpstreamResponse,
  file: RawFile,
  attempts: readonly Attempt[],
  receivedAt: number,
): Record<string, unknown> {
  const headers = Object.entries(response.headers).filter(
    ([name, value]) => !WITHHELD.test(name) && !LEADS_ON.test(value),
  );
  return {
    url: file.url,
    status: response.status,
    headers: Object.fromEntries(headers),
    encoding: response.encoding,
    simulated: response.simulated,
    attempts,
    received_at: new Date(receivedAt).toISOString(),
    bytes: file.bytes,
    sha256: file.sha256,
    etag: file.etag,
    received_by: file.received_by,
    captured_at: file.captured_at,
    proof: file.proof,
    copied_from: response.copy?.file ?? null,
  };
}
