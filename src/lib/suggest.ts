/**
 * The candidate that the user most likely meant by a mistyped name; null if there is none. Ignores case and separators.
 */
export function suggest(name: string, candidates: readonly string[]): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let least = Math.max(1, Math.floor(wanted.length / 4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best ?? longerOf(wanted, candidates);
}

/**
 * The only candidate that starts with the name, for example the same name followed by a unit. Null if there is none or
 * more than one.
 */
function longerOf(wanted: string, candidates: readonly string[]): string | null {
  const [found, ...others] = candidates.filter((one) => plain(one).startsWith(wanted));
  return wanted.length > 2 && others.length === 0 ? (found ?? null) : null;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '');
}

/**
 * The number of letters to insert, delete, replace or swap with the next letter (the optimal string alignment
 * distance).
 */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === b[j];
      const swapped = isSwapped ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
