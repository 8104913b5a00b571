import type { DataCheck } from '../../core/resource.ts';

type Sides = {
  /** The singular noun in column and table names, such as `ship`. */
  readonly one: string;
  /** The noun in descriptions; default: `one`. */
  readonly noun?: string;
  readonly table: string;
  /** The column of `table` by which people recognize a row. */
  readonly label: string;
  /** The table of the references from launches. */
  readonly listed: string;
};

/** Checks that records such as crew members and cores refer to exactly those past launches that list them. */
export function backReferences({ one, noun = one, table, label, listed }: Sides): readonly DataCheck[] {
  const id = `${one}_id`;
  const named = `${one}_launches`;
  return [
    {
      name: `${one}_missing_in_launch`,
      severity: 'error',
      description: `A ${noun} refers to a launch that does not list the ${noun}`,
      reads: ['launches'],
      sql: `SELECT t.id, coalesce(t.${label}, t.id) || ' names ' || l.name AS detail
            FROM ${named} n JOIN ${table} t ON t.id = n.${id} JOIN launches l ON l.id = n.launch_id
            WHERE NOT EXISTS (SELECT FROM ${listed} o WHERE o.${id} = n.${id} AND o.launch_id = n.launch_id)`,
    },
    {
      name: `launch_missing_in_${one}`,
      severity: 'error',
      description: `A past launch lists a ${noun} that does not refer to the launch`,
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ' lists ' || coalesce(t.${label}, t.id) AS detail
            FROM ${listed} o JOIN ${table} t ON t.id = o.${id} JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming
            WHERE NOT EXISTS (SELECT FROM ${named} n WHERE n.${id} = o.${id} AND n.launch_id = o.launch_id)`,
    },
  ];
}
