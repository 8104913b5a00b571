import { object } from '../../src/core/contract.ts';
import type { Resource } from '../../src/core/resource.ts';
import { PIPELINE_COLUMNS, sqlType, type Row, type Table } from '../../src/core/table.ts';
import { columnList, ident } from '../../src/adapters/postgres/sql.ts';

/**
 * Invented for tests: every column type, child tables (one with nothing but a key), and one resource that needs the
 * other.
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
    {
      name: 'makers',
      doc: 'Made up.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id.' },
        name: { type: 'text', doc: 'Name.' },
        made_at: { type: 'timestamptz', stamp: true, doc: 'Made at.' },
      },
    },
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
    {
      name: 'parts',
      doc: 'Made up.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id.' },
        note: { type: 'text', doc: 'Note.' },
        amount: { type: 'bigint', doc: 'Amount.' },
        grade: { type: 'integer', doc: 'Grade.' },
        ratio: { type: 'double precision', doc: 'Ratio.' },
        sound: { type: 'boolean', doc: 'Sound.' },
        made_on: { type: 'date', doc: 'Made on.' },
        sold_at: { type: 'timestamptz', doc: 'Sold at.' },
        maker_id: { type: 'id', references: 'makers', doc: 'Maker id.' },
        transformed_at_utc: { type: 'timestamptz', nullable: false, stamp: true, doc: 'Transformed at utc.' },
        transformed_at_date: { type: 'date', nullable: false, stamp: true, doc: 'Transformed at date.' },
      },
    },
    {
      name: 'part_tags',
      doc: 'Made up.',
      key: ['part_id', 'position'],
      owner: 'part_id',
      columns: {
        part_id: { type: 'id', nullable: false, doc: 'Part id.' },
        position: { type: 'integer', nullable: false, doc: 'Position.' },
        tag: { type: 'text', doc: 'Tag.' },
      },
    },
    {
      name: 'part_makers',
      doc: 'Made up.',
      key: ['part_id', 'maker_id'],
      owner: 'part_id',
      columns: {
        part_id: { type: 'id', nullable: false, doc: 'Part id.' },
        maker_id: { type: 'id', nullable: false, doc: 'Maker id.' },
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
