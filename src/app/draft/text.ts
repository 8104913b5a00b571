import type { Column } from '../../core/table.ts';
import { UNIT } from '../../core/units.ts';
import type { Draft, DraftTable } from './draft.ts';
import { singular } from './names.ts';

/** The source file of a resource, not yet formatted. */
export function resourceText(
  { blocks, contract, omitted, tables }: Draft,
  { name, path, shape }: { readonly name: string; readonly path: string; readonly shape: 'array' | 'object' },
): string {
  const rows = tables.map((table) => `${table.name}: ${rowsText(table)}`).join(',');
  const made = tables.map(tableText).join(',');
  const hasList = tables.some(({ lists }) => lists.length === 1);
  const one = singular(name);
  const some = Object.keys(tables[0]?.columns ?? {}).slice(0, 4);
  return `import { ${blocks.join(', ')} } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { ${hasList ? 'listTableOf, ' : ''}mainTable, notNull${made.includes(': orNull.') ? ', orNull' : ''} } from '../../core/table.ts';
${rows.includes('trimmed(') ? "import { trimmed } from '../../core/text.ts';" : ''}

const contract = ${contract};

${hasList ? `const listTable = listTableOf('${one}_id', '${one.replaceAll('_', ' ')}');` : ''}

export default defineResource({
  name: '${name}',
  description: ${JSON.stringify(`Records of ${path}.`)},
  path: ${JSON.stringify(path)},
  shape: '${shape}',
  pull: 'snapshot',
  contract,
  tables: [${made}],
  transform(record) {
    ${tables.length > 1 ? `const ${one}_id = record.id;` : ''}
    return { ${rows} };
  },
  ${Object.keys(omitted).length > 0 ? `omitted: ${JSON.stringify(omitted)},` : ''}
  exampleQuery: 'SELECT ${some.join(', ')} FROM ${name} ORDER BY id',
});
`;
}

function tableText({ columns, doc, key, lists, name, owner }: DraftTable): string {
  // listTable adds the key columns.
  const own = Object.entries(columns).slice(lists.length === 1 ? key.length : 0);
  const body = `{\n${own.map(([column, is]) => `${column}: ${columnText(is)}`).join(',\n')}\n}`;
  if (lists.length < 2)
    return `${lists.length === 0 ? 'mainTable' : 'listTable'}('${name}', ${JSON.stringify(doc)}, ${body})`;
  return `{
    name: '${name}',
    doc: ${JSON.stringify(doc)},
    key: ${JSON.stringify(key)},
    owner: '${owner}',
    columns: ${body},
  }`;
}

function columnText({ doc, nullable, references, type }: Column): string {
  const builder = `${nullable === false ? 'notNull' : 'orNull'}.${type === 'double precision' ? 'double' : type}`;
  const options = references === undefined ? '' : `, { references: '${references}' }`;
  return `${builder}(${JSON.stringify(doc)}${options})`;
}

/** The code for the rows of a record: one row, or one for each item of its lists. */
function rowsText({ lists, values }: DraftTable): string {
  const entries = Object.entries(values).map(([column, value]) =>
    column === value ? column : `${column}: ${value}`,
  );
  const row = `{ ${entries.join(', ')} }`;
  const inner = lists.at(-1);
  if (inner === undefined) return `[${row}]`;
  const isUsed = Object.values(values).some((value) => new RegExp(`\\b${inner.item}\\b`).test(value));
  return lists
    .slice(0, -1)
    .reduceRight(
      (made, { code, item, position }) => `${code}.flatMap((${item}, ${position}) => ${made})`,
      `${inner.code}.map((${isUsed ? '' : '_'}${inner.item}, ${inner.position}) => (${row}))`,
    );
}

/**
 * The points that the samples leave open and that a person must check, as sentences. `isServed` is null for a source
 * without a stand-in.
 */
export function reviewText(
  { omitted, tables }: Draft,
  isGuessed: boolean,
  isServed: boolean | null,
): string[] {
  const columns = tables.flatMap((table) =>
    Object.entries(table.columns).map(([name, column]) => ({ ...column, name: `${table.name}.${name}` })),
  );
  const unitless = columns.filter(({ name, type }) => type === 'double precision' && !UNIT.test(name));
  const references = columns.filter((one) => one.references !== undefined);
  const listed = (start: string, what: readonly string[]): string[] =>
    what.length === 0 ? [] : [`${start}: ${what.join(', ')}.`];
  return [
    'Describe each table and column. The descriptions become comments in the database.',
    'A field that is in every sample is required. Make it optional or nullable if some records might lack it.',
    ...listed(
      'End these names with a unit from src/core/units.ts, or add the unit there',
      unitless.map(({ name }) => name),
    ),
    ...listed(
      'Check these references',
      references.map((one) => `${one.name} to ${one.references}`),
    ),
    ...listed(
      'The tables omit these fields',
      Object.entries(omitted).map(([field, why]) => `${field} (${why})`),
    ),
    ...(isGuessed ? ['Correct the path, which is a guess because the samples came from a file.'] : []),
    ...(isServed === null
      ? []
      : [
          isServed
            ? 'The stand-in API serves the samples in the JSON file. Replace any values that must not become public.'
            : 'The stand-in API does not serve this path. Add it in src/sandbox.',
        ]),
  ];
}
