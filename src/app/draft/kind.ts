import { isCalendarDate, isTimestamp } from '../../core/formats.ts';
import type { ColumnType } from '../../core/table.ts';
import { NOT_METRIC, UNIT } from '../../core/units.ts';
import { snakeCase } from './names.ts';

/** The contract building blocks for single values, each with its column type. */
export const BLOCKS = {
  text: 'text',
  objectId: 'id',
  uuid: 'id',
  timestamp: 'timestamptz',
  calendarDate: 'date',
  bool: 'boolean',
  integer: 'integer',
  bigint: 'bigint',
  number: 'double precision',
} as const satisfies Record<string, ColumnType>;

export type Block = keyof typeof BLOCKS;

/** Why no column can store the values of a field. */
export type Unclear = { readonly why: string };

/** The building block that fits all non-null values of a field. */
export function blockFor(field: string, values: readonly unknown[]): Block | 'object' | 'list' | Unclear {
  if (NOT_METRIC.test(`_${snakeCase(field)}`)) return { why: 'not a metric unit' };
  const [type, ...others] = new Set(values.map((value) => (Array.isArray(value) ? 'list' : typeof value)));
  if (type === undefined) return { why: 'no value in any sample' };
  if (others.length > 0) return { why: `${[type, ...others].join(' or ')} in the samples` };
  if (type === 'string') return blockOfText(values as string[]);
  if (type === 'number') return blockOfNumber(field, values as number[]);
  if (type === 'boolean') return 'bool';
  if (type === 'object') return 'object';
  const items = values.flat().filter((one) => one !== null);
  const item = blockFor(field, items);
  if (item === 'list') return { why: 'a list of lists' };
  return typeof item === 'object' ? item : 'list';
}

function blockOfText(values: readonly string[]): Block {
  if (values.every(isTimestamp)) return 'timestamp';
  if (values.every(isCalendarDate)) return 'calendarDate';
  if (values.every((value) => /^[0-9a-f]{24}$/.test(value))) return 'objectId';
  return values.every((value) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value))
    ? 'uuid'
    : 'text';
}

/** A measurement can have a fraction even if no sample does. */
function blockOfNumber(field: string, values: readonly number[]): Block {
  if (UNIT.test(`_${snakeCase(field)}`) || !values.every(Number.isSafeInteger)) return 'number';
  return values.every((value) => (value | 0) === value) ? 'integer' : 'bigint';
}
