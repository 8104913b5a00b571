import { ADDRESSES } from '../config/value.ts';
import { PipelineError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { suggest } from '../lib/suggest.ts';
import { sources } from '../sources/index.ts';

/** The values of `--source` and `--from`. */
export type Choice = {
  /** Null if the user did not name a source. */
  readonly source: Source | null;
  /** The address to pull a run's records from; null for the configured address. */
  readonly from: string | null;
};

/**
 * `--source` names a source. For compatibility with older versions, it can also be an address for the default source.
 * Throws `usage` for anything else.
 */
export function chooseSource(named: string | undefined, from: string | undefined): Choice {
  const source = sources.find(({ name }) => name === named) ?? null;
  if (named === undefined || source !== null) return { source, from: from ?? null };
  if (isAddress(named) && from === undefined) return { source: sources[0] ?? null, from: named };
  const names = sources.map(({ name }) => name);
  const meant = suggest(named, names);
  const reason = meant === null ? `known sources: ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new PipelineError(`Cannot use --source ${JSON.stringify(maskUrl(named))}: ${reason}`, {
    code: 'usage',
    hint: `To choose where records come from, use --from ${ADDRESSES.join(', ')} or an http(s) URL without a query.`,
  });
}

export function isAddress(text: string): boolean {
  return ADDRESSES.some((word) => word === text) || /^(https?:|archive@)/i.test(text);
}

/** The address given with `--from`. The `--from` of `plan` may also name runs. */
export function addressIn(from: string | readonly string[] | undefined): string | undefined {
  return typeof from === 'string' ? from : from?.find(isAddress);
}
