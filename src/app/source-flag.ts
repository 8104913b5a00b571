import { sources } from '../sources/index.ts';

/** What a command about this source needs, with a space before it: nothing where it is the one that is meant anyway. */
export function flagFor(source: string): string {
  return source === sources[0].name ? '' : ` --source ${source}`;
}
