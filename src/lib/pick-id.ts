import { suggest } from './suggest.ts';

/** True if the text identifies an id by its position, counted from the newest id. */
export function isPosition(given: string): boolean {
  return given === 'latest' || /^-\d{1,6}$/.test(given);
}

/**
 * The matching ids, newest first. `latest` and `-1` are the newest id, and `-2` is the second newest. Anything else is
 * an id, or its start or end. Ids that begin with a time are easiest to distinguish by their last digits.
 */
export function pickIds(given: string, newestFirst: readonly string[]): readonly string[] {
  if (isPosition(given)) {
    const place = given === 'latest' ? 1 : Number(given.slice(1));
    return newestFirst.slice(Math.max(0, place - 1), place);
  }
  if (newestFirst.includes(given)) return [given];
  return newestFirst.filter((id) => id.startsWith(given) || id.endsWith(given));
}

/** The id that the user most likely meant by a mistyped id or part of an id; null if there is none. */
export function suggestId(given: string, ids: readonly string[]): string | null {
  const { length } = given;
  if (suggest(given, ['latest']) !== null) return 'latest';
  const parts = ids.flatMap((id) => [[id.slice(0, length), id] as const, [id.slice(-length), id] as const]);
  const meant = length < 6 ? null : suggest(given, [...new Set(parts.map(([part]) => part))]);
  const found = new Set(parts.filter(([part]) => part === meant).map(([, id]) => id));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}
