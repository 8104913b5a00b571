import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** Creates metrics in a single registry. */
export type Meters = ReturnType<typeof metersOf>;

const PREFIX = 'spacex_pipeline_';

/** Adds the program's prefix to each name. */
export function metersOf(registry: Registry) {
  const of = <L extends string>(name: string, help: string, labelNames: readonly L[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    counter: <L extends string>(name: string, help: string, labels: readonly L[]) =>
      new Counter(of(name, help, labels)),
    gauge: <L extends string>(name: string, help: string, labels: readonly L[]) =>
      new Gauge(of(name, help, labels)),
    histogram: <L extends string>(name: string, help: string, labels: readonly L[], buckets: number[]) =>
      new Histogram({ ...of(name, help, labels), buckets }),
  };
}
