import type { LoadedSource } from '../config/for-source.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { sources } from '../sources/index.ts';

/** The flag that selects this source, with a leading space; empty for the default source. */
export function flagFor(source: string): string {
  return source === sources[0].name ? '' : ` --source ${source}`;
}

/**
 * The flag that makes a command pull from this address again, with a leading space; empty if the command does that
 * anyway, or if the address contains a secret.
 */
export function fromFlag({ config, isDefault }: LoadedSource, address: string | null): string {
  if (address === null || address.includes('***')) return '';
  const usual = isDefault('baseUrl') ? config.source.defaultAddress : maskUrl(config.settings.baseUrl);
  return address === usual ? '' : ` --from ${shellQuote(address)}`;
}
