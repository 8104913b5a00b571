/** Maps each `name{label="value"}`, without the program's prefix, to its value. Omits buckets and zeros. */
export function valuesOf(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line.startsWith('spacex_pipeline_'));
  const values = lines.map((line) => {
    const end = line.lastIndexOf(' ');
    return [line.slice('spacex_pipeline_'.length, end).trim(), Number(line.slice(end + 1))] as const;
  });
  return Object.fromEntries(
    values.filter(([name, value]) => value !== 0 && !/_bucket|build_info/.test(name)),
  );
}

/** The sources and jobs whose counters start from 0 in tests of metrics. */
export const KNOWN = {
  sources: [{ name: 'moons', resources: [{ name: 'titan' }, { name: 'io' }] }],
  jobs: [{ name: 'nightly', source: 'moons' }],
} as const;
