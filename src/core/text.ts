/** Text without white space at its ends; null where there is none. */
export function trimmed(value: string | null | undefined): string | null {
  return value?.trim() ?? null;
}

/** The same, and null where nothing is left. */
export function filled(value: string | null | undefined): string | null {
  return trimmed(value) || null;
}
