import { object } from '../../src/core/contract.ts';
import type { Resource } from '../../src/core/resource.ts';
import { PIPELINE_COLUMNS, type Row, type Table } from '../../src/core/table.ts';
import { columnList, ident } from '../../src/adapters/postgres/sql.ts';

/** Made up for tests: every column type, child tables (one of keys alone), one resource that needs the other. */
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
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text' },
        made_at: { type: 'timestamptz', stamp: true },
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
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        note: { type: 'text' },
        amount: { type: 'bigint' },
        grade: { type: 'integer' },
        ratio: { type: 'double precision' },
        sound: { type: 'boolean' },
        made_on: { type: 'date' },
        sold_at: { type: 'timestamptz' },
        maker_id: { type: 'text', references: 'makers' },
        transformed_at_utc: { type: 'timestamptz', nullable: false, stamp: true },
        transformed_at_date: { type: 'date', nullable: false, stamp: true },
      },
    },
    {
      name: 'part_tags',
      key: ['part_id', 'position'],
      owner: 'part_id',
      columns: {
        part_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        tag: { type: 'text' },
      },
    },
    {
      name: 'part_makers',
      key: ['part_id', 'maker_id'],
      owner: 'part_id',
      columns: {
        part_id: { type: 'text', nullable: false },
        maker_id: { type: 'text', nullable: false },
      },
    },
  ],
};

export const TABLES: readonly Table[] = [...makers.tables, ...parts.tables];

export function createTableSql({ name, key, columns }: Table): string {
  const all = Object.entries({ ...columns, ...PIPELINE_COLUMNS }).map(
    ([column, { type, nullable }]) => `${ident(column)} ${type} ${(nullable ?? true) ? '' : 'NOT NULL'}`,
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
