/** Formats a share from 0 to 1 for people. Only none is 0 %, and only all is 100 %. */
export function percent(share: number): string {
  const rounded = Number((share * 100).toFixed(1));
  if (rounded === 0 && share > 0) return '< 0.1 %';
  if (rounded === 100 && share < 1) return '> 99.9 %';
  return `${rounded} %`;
}
