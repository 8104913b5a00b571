import type { ResourceReport, ResourceStatus, RunReport } from '../core/run.ts';

/** Of a run on preserved copies: from which days they are. */
export function copiesLines({ resources }: RunReport): string[] {
  const days = Object.values(resources)
    .flatMap(({ pages }) => pages)
    .flatMap(({ captured_at }) => (captured_at === null ? [] : [captured_at.slice(0, 10)]))
    .sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  if (first === last) return [`Preserved copies of ${first}.`];
  return [`Preserved copies of different days, from ${first} to ${last}: see runs show.`];
}

const LEFT: Readonly<Record<Extract<ResourceStatus, 'absent' | 'kept'>, string>> = {
  absent: 'no copy is preserved',
  kept: 'last published from another address; --from archive replaces it',
};

/** The resources whose rows stay as they are, in a line for each reason. */
export function leftLines({ resources }: RunReport): string[] {
  return Object.entries(LEFT).flatMap(([status, why]) => {
    const names = Object.entries(resources).flatMap(([name, one]) => (one.status === status ? [name] : []));
    const word = status === 'absent' ? 'Absent' : 'Kept';
    return names.length === 0 ? [] : [`${word}: ${names.join(', ')} (${why}; rows loaded earlier stay).`];
  });
}

/** A row for each page of a preserved copy. */
export function copyRows(reports: Readonly<Record<string, ResourceReport>>): unknown[][] {
  return Object.entries(reports).flatMap(([name, { pages }]) =>
    pages.flatMap(({ captured_at, proof, url }) =>
      proof === null ? [] : [[name, captured_at?.slice(0, 19) ?? null, proof, url]],
    ),
  );
}
