import type { DataCheck } from '../../core/resource.ts';

type Sides = {
  /** The singular, such as `ship`. */
  readonly one: string;
  /** In descriptions; default: `one`. */
  readonly noun?: string;
  readonly table: string;
  /** The column of `table` that people know the row by. */
  readonly label: string;
  /** The table in which launches list it. */
  readonly listed: string;
};

/** Crew members, cores and the like must name exactly the launches that list them, once those have flown. */
export function backReferences({ one, noun = one, table, label, listed }: Sides): readonly DataCheck[] {
  const id = `${one}_id`;
  const named = `${one}_launches`;
  return [
    {
      name: `${one}_missing_in_launch`,
      severity: 'error',
      description: `A ${noun} names a launch that does not list that ${noun}`,
      reads: ['launches'],
      sql: `SELECT t.id, coalesce(t.${label}, t.id) || ' names ' || l.name AS detail
            FROM ${named} n JOIN ${table} t ON t.id = n.${id} JOIN launches l ON l.id = n.launch_id
            WHERE NOT EXISTS (SELECT FROM ${listed} o WHERE o.${id} = n.${id} AND o.launch_id = n.launch_id)`,
    },
    {
      name: `launch_missing_in_${one}`,
      severity: 'error',
      description: `A past launch lists a ${noun} that does not name that launch`,
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ' lists ' || coalesce(t.${label}, t.id) AS detail
            FROM ${listed} o JOIN ${table} t ON t.id = o.${id} JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming
            WHERE NOT EXISTS (SELECT FROM ${named} n WHERE n.${id} = o.${id} AND n.launch_id = o.launch_id)`,
    },
  ];
}
