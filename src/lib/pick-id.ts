import { suggest } from './suggest.ts';

/** Does the text name an id by its place, counted from the newest? */
export function isPosition(given: string): boolean {
  return given === 'latest' || /^-\d{1,6}$/.test(given);
}

/**
 * The matching ids, newest first. `latest` and `-1` are the newest, `-2` is the one before; anything else is an id, its
 * start or its end. Ids that begin with the time are easiest to tell apart by their last digits.
 */
export function pickIds(given: string, newestFirst: readonly string[]): readonly string[] {
  if (isPosition(given)) {
    const place = given === 'latest' ? 1 : Number(given.slice(1));
    return newestFirst.slice(Math.max(0, place - 1), place);
  }
  if (newestFirst.includes(given)) return [given];
  return newestFirst.filter((id) => id.startsWith(given) || id.endsWith(given));
}

/** The id that a mistyped id, or part of one, most likely stands for, or null. */
export function suggestId(given: string, ids: readonly string[]): string | null {
  const { length } = given;
  if (suggest(given, ['latest']) !== null) return 'latest';
  const parts = ids.flatMap((id) => [[id.slice(0, length), id] as const, [id.slice(-length), id] as const]);
  const meant = length < 6 ? null : suggest(given, [...new Set(parts.map(([part]) => part))]);
  const found = new Set(parts.filter(([part]) => part === meant).map(([, id]) => id));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}
