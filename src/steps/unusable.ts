import { PipelineError } from '../core/errors.ts';
import type { RawPage, Upstream } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { JsonSyntaxError } from '../lib/json-records.ts';
import { quoteBytes } from '../lib/quote-bytes.ts';

const QUOTED_BYTES = 120;

/** The error for JSON that is malformed beyond a single record. A retry can help only if the text ended too early. */
export function brokenText(
  { name }: Resource,
  page: RawPage,
  { hide }: Upstream,
  cause: JsonSyntaxError,
): PipelineError {
  return new PipelineError(
    `Cannot read ${name} from ${page.file.url}: ${cause.message}; the body starts with ${quoteHead(page, hide)}`,
    { ...keptIn(page), cause, retryable: cause.truncated },
  );
}

/**
 * The error for a response that is not JSON. A retry can help if a gateway sent it: while the API is down, gateways
 * send a web page or nothing.
 */
export function wrongType(
  { name }: Resource,
  page: RawPage,
  { hide }: Upstream,
  contentType: string,
): PipelineError {
  const type = contentType || 'no content type';
  const isGateway = page.file.bytes === 0 || /^(text\/html|application\/xhtml\+xml)\b/i.test(type);
  return new PipelineError(
    `Cannot read ${name} from ${page.file.url}: it responded with ${type} instead of JSON, starting with ${quoteHead(page, hide)}`,
    { ...keptIn(page), retryable: isGateway },
  );
}

function quoteHead({ head }: RawPage, hide: Upstream['hide']): string {
  return quoteBytes(Buffer.from(hide(Buffer.from(head).toString())), QUOTED_BYTES);
}

function keptIn({ file }: RawPage) {
  return { code: 'source', hint: `The body is kept in ${file.path} in the run folder.` } as const;
}
