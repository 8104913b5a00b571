import type { TableReport } from '../app/tables.ts';
import { array, boolean, nullable, object, oneOf, type Schema } from '../core/schema.ts';
import { count, text, time } from './output-parts.ts';

const LISTED = {
  source: text('its name'),
  schema: text(),
  name: text(),
  kind: oneOf(['table', 'view']),
  rows: nullable(count('counted now; null where the source was never loaded')),
  bytes: nullable(count('with indexes; null of a view')),
  changed_at: nullable(time('the end of the run that last changed a row; null of a view')),
  empty: nullable(text('why it has no rows; null where it has some, or nobody knows')),
  description: nullable(text('what a row is')),
} as const;

export const listedTable: Schema<Omit<TableReport, 'columns'>> = object(LISTED);

export const shownTable: Schema<TableReport> = object({
  ...LISTED,
  columns: array(
    object({
      name: text(),
      type: text('of PostgreSQL'),
      nullable: boolean(),
      description: nullable(text()),
    }),
  ),
});
