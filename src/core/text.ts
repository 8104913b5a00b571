/** Trims white space; null stays null. */
export function trimmed(value: string | null | undefined): string | null {
  return value?.trim() ?? null;
}

/** Trims white space; null if nothing is left. */
export function filled(value: string | null | undefined): string | null {
  return trimmed(value) || null;
}
