import { dayOf } from '../app/archive-day.ts';
import type { ResourceReport, ResourceStatus, RunReport } from '../core/run.ts';

/**
 * Lines about a run from preserved copies: the days of the copies, and which copies are later than the requested day.
 */
export function copiesLines(report: RunReport): string[] {
  const days = copiesOf(report)
    .map(({ day }) => day)
    .sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    first === last
      ? `Preserved copies from ${first}.`
      : `Preserved copies from different days, ${first} to ${last}; see runs show.`,
    ...laterLines(report),
  ];
}

/** Names the copies that are later than the requested day. */
export function laterLines(report: RunReport): string[] {
  const asked = dayOf(report.address ?? '');
  const later = copiesOf(report).filter(({ day }) => asked !== null && day > asked);
  const names = later.map(({ name }) => name);
  return names.length === 0
    ? []
    : [`Later than ${asked}, because no capture is nearer: ${names.join(', ')}.`];
}

function copiesOf({ resources }: RunReport): { readonly name: string; readonly day: string }[] {
  return Object.entries(resources).flatMap(([name, { pages }]) =>
    pages.flatMap(({ captured_at }) =>
      captured_at === null ? [] : [{ name, day: captured_at.slice(0, 10) }],
    ),
  );
}

const LEFT: Readonly<Record<Extract<ResourceStatus, 'absent' | 'kept'>, string>> = {
  absent: 'there is no preserved copy',
  kept: 'they were last published from a different address; --from archive replaces them',
};

/** The resources whose rows were left unchanged, one line for each reason. */
export function leftLines(
  { resources }: RunReport,
  reasons: readonly (keyof typeof LEFT)[] = ['absent', 'kept'],
): string[] {
  return reasons.flatMap((status) => {
    const why = LEFT[status];
    const names = Object.entries(resources).flatMap(([name, one]) => (one.status === status ? [name] : []));
    const word = status === 'absent' ? 'Absent' : 'Kept';
    return names.length === 0
      ? []
      : [`${word}: ${names.join(', ')} (rows loaded earlier remain, because ${why}).`];
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
