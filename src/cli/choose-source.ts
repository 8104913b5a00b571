import { ADDRESSES } from '../config/value.ts';
import { PipelineError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { sources } from '../sources/index.ts';

/** What `--source` and `--from` say. */
export type Choice = {
  /** Null where none was named. */
  readonly source: Source | null;
  /** Where a run's records come from; null for what is configured. */
  readonly from: string | null;
};

/**
 * `--source` names a source. For the default one it may also say where its records come from, as before there was
 * `--from`. Throws `usage` for anything else.
 */
export function chooseSource(named: string | undefined, from: string | undefined): Choice {
  const source = sources.find(({ name }) => name === named) ?? null;
  if (named === undefined || source !== null) return { source, from: from ?? null };
  if (isAddress(named) && from === undefined) return { source: sources[0] ?? null, from: named };
  const names = sources.map(({ name }) => name).join(', ');
  throw new PipelineError(`Cannot use --source ${JSON.stringify(maskUrl(named))}: known sources: ${names}`, {
    code: 'usage',
    hint: `To choose where records come from, give --from ${ADDRESSES.join(', ')} or an http(s) URL without query.`,
  });
}

export function isAddress(text: string): boolean {
  return ADDRESSES.some((word) => word === text) || /^(https?:|archive@)/i.test(text);
}

/** What `--from` says; of `plan`, where it takes runs as well, the address among them. */
export function addressIn(from: string | readonly string[] | undefined): string | undefined {
  return typeof from === 'string' ? from : from?.find(isAddress);
}
