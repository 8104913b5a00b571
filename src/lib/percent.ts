/** Formats a share from 0 to 1 as a percentage. Shows 0 % only for 0, and 100 % only for 1. */
export function percent(share: number): string {
  const rounded = Number((share * 100).toFixed(1));
  if (rounded === 0 && share > 0) return '< 0.1%';
  if (rounded === 100 && share < 1) return '> 99.9%';
  return `${rounded}%`;
}
