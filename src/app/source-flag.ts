import { sources } from '../sources/index.ts';

/** The flag for a command about this source, with a leading space; empty for the default source. */
export function flagFor(source: string): string {
  return source === sources[0].name ? '' : ` --source ${source}`;
}
