import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** Creates metrics in one registry. Adds the program's prefix to each name. */
export type Meters = {
  readonly counter: <L extends string>(name: string, help: string, labelNames: readonly L[]) => Counter<L>;
  readonly gauge: <L extends string>(name: string, help: string, labelNames: readonly L[]) => Gauge<L>;
  readonly histogram: <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ) => Histogram<L>;
};

const PREFIX = 'spacex_pipeline_';

export function metersOf(registry: Registry): Meters {
  const registers = [registry];
  const of = <L extends string>(name: string, help: string, labelNames: readonly L[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers,
  });
  return {
    counter: (name, help, labelNames) => new Counter(of(name, help, labelNames)),
    gauge: (name, help, labelNames) => new Gauge(of(name, help, labelNames)),
    histogram: (name, help, labelNames, buckets) => new Histogram({ ...of(name, help, labelNames), buckets }),
  };
}
