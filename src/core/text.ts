/** Text without white space at its ends; null where there is none. */
export function trimmed(value: string | null | undefined): string | null {
  return value?.trim() ?? null;
}
