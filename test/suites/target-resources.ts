import { object } from '../../src/core/contract.ts';
import type { Resource } from '../../src/core/resource.ts';
import {
  listTableOf,
  mainTable,
  notNull,
  orNull,
  PIPELINE_COLUMNS,
  sqlType,
  type Row,
  type Table,
} from '../../src/core/table.ts';
import { columnList, ident } from '../../src/adapters/postgres/sql.ts';

/**
 * Resources invented for tests, with every column type and with child tables (one with only key columns). One
 * resource needs the other.
 */
export const makers: Resource = {
  name: 'makers',
  description: 'Needed by parts.',
  path: '/makers',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract: object({}),
  tables: [
    mainTable('makers', 'Made up.', {
      id: notNull.id('Id.'),
      name: orNull.text('Name.'),
      made_at: orNull.timestamptz('Made at.', { stamp: true }),
    }),
  ],
  transform: () => ({}),
  omitted: {},
  checks: [],
  exampleQuery: 'SELECT 1',
};

export const parts: Resource = {
  ...makers,
  name: 'parts',
  description: 'Has child tables and needs makers.',
  path: '/parts',
  needs: { makers: 'name' },
  tables: [
    mainTable('parts', 'Made up.', {
      id: notNull.id('Id.'),
      note: orNull.text('Note.'),
      amount: orNull.bigint('Amount.'),
      grade: orNull.integer('Grade.'),
      ratio: orNull.double('Ratio.'),
      sound: orNull.boolean('Sound.'),
      made_on: orNull.date('Made on.'),
      sold_at: orNull.timestamptz('Sold at.'),
      maker_id: orNull.id('Maker id.', { references: 'makers' }),
      transformed_at_utc: notNull.timestamptz('Transformed at utc.', { stamp: true }),
      transformed_at_date: notNull.date('Transformed at date.', { stamp: true }),
    }),
    listTableOf('part_id', 'part')('part_tags', 'Made up.', { tag: orNull.text('Tag.') }),
    {
      name: 'part_makers',
      doc: 'Made up.',
      key: ['part_id', 'maker_id'],
      owner: 'part_id',
      columns: {
        part_id: notNull.id('Part id.'),
        maker_id: notNull.id('Maker id.'),
      },
    },
  ],
};

export const TABLES: readonly Table[] = [...makers.tables, ...parts.tables];

export function createTableSql({ name, key, columns }: Table): string {
  const all = Object.entries({ ...columns, ...PIPELINE_COLUMNS }).map(
    ([own, column]) => `${ident(own)} ${sqlType(column)} ${(column.nullable ?? true) ? '' : 'NOT NULL'}`,
  );
  return `CREATE TABLE ${ident(name)} (${all.join(', ')}, PRIMARY KEY (${columnList(key)}))`;
}

export const STAMP = '2026-01-02T03:04:05.678Z';

export function part(id: string, values: Row = {}): Row {
  const nothing = Object.keys(parts.tables[0].columns).map((column) => [column, null] as const);
  const stamps = { transformed_at_utc: STAMP, transformed_at_date: STAMP.slice(0, 10) };
  return { ...Object.fromEntries(nothing), ...stamps, id, ...values };
}

export function maker(id: string, name: string | null = `maker ${id}`): Row {
  return { id, name, made_at: STAMP };
}

export function tag(part_id: string, position: number, text: string | null = 'tag'): Row {
  return { part_id, position, tag: text };
}
