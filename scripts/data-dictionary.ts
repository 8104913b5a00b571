import type { Session } from '../src/adapters/postgres/session.ts';
import { migrationDirs } from '../src/app/database.ts';
import type { DataCheck, Resource } from '../src/core/resource.ts';
import type { Source } from '../src/core/source.ts';
import type { Table } from '../src/core/table.ts';
import { sources } from '../src/sources/index.ts';
import { withMigrated } from './migrated.ts';

export type Relation = {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly comment: string | null;
  readonly columns: readonly Column[];
};
type Column = {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly in_key: boolean;
  readonly comment: string | null;
};

export type Catalog = { readonly source: Source; readonly relations: readonly Relation[] };

/** Every table and view of newly migrated schemas, with its comments. */
export async function readCatalogs(): Promise<readonly Catalog[]> {
  const catalogs: Catalog[] = [];
  for (const source of sources)
    catalogs.push({ source, relations: await withMigrated(migrationDirs(source), catalog) });
  return catalogs;
}

function catalog(session: Session, schema: string): Promise<Relation[]> {
  return session.rows<Relation>(
    `SELECT relname::text AS name, CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
            obj_description(c.oid, 'pg_class') AS comment,
            json_agg(json_build_object(
              'name', attname, 'type', format_type(atttypid, atttypmod), 'nullable', NOT attnotnull,
              'in_key', coalesce(attnum = ANY (i.indkey), false), 'comment', col_description(c.oid, attnum)
            ) ORDER BY attnum) AS columns
     FROM pg_class c
     JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     LEFT JOIN pg_index i ON indrelid = c.oid AND indisprimary
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'v')
     GROUP BY c.oid ORDER BY relkind, relname`,
    [schema],
  );
}

/** docs/data-dictionary.md. */
export function dataDictionary(catalogs: readonly Catalog[]): string {
  return [
    '# Data dictionary',
    'Made by `npm run docs` from a migrated database; the same texts are comments in the database (`\\d+ launches` in psql).',
    'Diagrams have key columns and references alone. References are indexed and counted, never enforced: the APIs have dangling ones.',
    ...catalogs.flatMap(sourceSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function sourceSection({ relations, source: { name, resources, schema } }: Catalog): string[] {
  const views = relations.filter(({ kind }) => kind === 'view');
  return [
    `## Source ${name}`,
    `In the schema \`${schema}\`, unless the configuration says otherwise.`,
    ['```mermaid', ...diagram(relations, resources), '```'].join('\n'),
    ...resources.flatMap((resource) => resourceSection(resource, relations)),
    ...(views.length === 0
      ? []
      : [`### Views of ${name}`, ...views.flatMap((view) => relationSection(view, null))]),
  ];
}

function resourceSection(resource: Resource, relations: readonly Relation[]): string[] {
  return [
    `### ${resource.name}`,
    `\`GET ${resource.path}\`. ${resource.description}`,
    ...resource.tables.flatMap((table) =>
      relationSection(
        relations.find(({ name }) => name === table.name),
        table,
      ),
    ),
    ...omittedSection(resource.omitted),
    ...checksSection(resource.checks),
  ];
}

function relationSection(relation: Relation | undefined, table: Table | null): string[] {
  if (relation === undefined) throw new Error(`No migration makes table ${table?.name}`);
  const lines = relation.columns.map((column) => {
    const references = table?.columns[column.name]?.references;
    const owned =
      table !== null && table.owner === column.name && !table.key.every((key) => key === column.name);
    const notes = [
      ...(column.in_key ? ['key'] : []),
      ...(references === undefined ? [] : [`→ ${references}`]),
      ...(owned ? ['owner'] : []),
    ];
    return `| \`${column.name}\` | ${column.type} | ${column.nullable && relation.kind === 'table' ? 'yes' : ''} | ${notes.join(', ')} | ${column.comment ?? ''} |`;
  });
  return [
    `#### ${relation.name}`,
    relation.comment ?? '',
    ['| column | type | null | | meaning |', '| --- | --- | --- | --- | --- |', ...lines].join('\n'),
  ];
}

function omittedSection(omitted: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(omitted);
  if (entries.length === 0) return [];
  const list = entries.map(([pointer, why]) => `- \`${pointer}\`: ${why}`).join('\n');
  return ['Left out:', list];
}

function checksSection(checks: readonly DataCheck[]): string[] {
  if (checks.length === 0) return [];
  const list = checks.map(({ name, severity, description }) => `- \`${name}\` (${severity}): ${description}`);
  return ['Checked after each publish:', list.join('\n')];
}

/** Mermaid. */
function diagram(relations: readonly Relation[], resources: readonly Resource[]): string[] {
  const lines = ['erDiagram'];
  for (const { tables } of resources) {
    const [main] = tables;
    for (const table of tables) {
      const columns = relations.find(({ name }) => name === table.name)?.columns ?? [];
      lines.push(`  ${table.name} {`);
      for (const { name, type, in_key } of columns) {
        const isReference = table.columns[name]?.references !== undefined;
        if (!in_key && !isReference) continue;
        const marks = [...(in_key ? ['PK'] : []), ...(isReference ? ['FK'] : [])].join(', ');
        lines.push(`    ${type.replaceAll(' ', '_')} ${name} ${marks}`);
      }
      lines.push('  }');
      if (table !== main) lines.push(`  ${main.name} ||--o{ ${table.name} : ${table.owner}`);
      for (const [column, { references }] of Object.entries(table.columns)) {
        if (references !== undefined) lines.push(`  ${references} |o--o{ ${table.name} : ${column}`);
      }
    }
  }
  return lines;
}
