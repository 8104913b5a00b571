import type { Collection } from '../collection.ts';

type Sample = { readonly id: string };

/**
 * Records as the API sent them, for resources without generated records, by the last part of their path. `resources
 * new` adds records here.
 */
const SAMPLES: Readonly<Record<string, readonly Sample[] | Sample>> = {};

export function createSamples(): ReadonlyMap<string, Collection> {
  const collections = Object.entries(SAMPLES).map(([name, samples]): Collection => {
    const records = [samples].flat();
    return {
      name,
      count: records.length,
      id: (index) => records[index]?.id ?? '',
      indexOf(id) {
        const index = records.findIndex((record) => record.id === id);
        return index < 0 ? null : index;
      },
      json: (index) => JSON.stringify(records[index]),
      ...(!Array.isArray(samples) && { isSingle: true }),
    };
  });
  return new Map(collections.map((collection) => [collection.name, collection]));
}
