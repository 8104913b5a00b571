/** Trims whitespace; null stays null. */
export function trimmed(value: string | null | undefined): string | null {
  return value?.trim() ?? null;
}

/** Trims whitespace; null if nothing is left. */
export function nonBlank(value: string | null | undefined): string | null {
  return trimmed(value) || null;
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
