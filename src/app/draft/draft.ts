import { notNull, type Column, type Table } from '../../core/table.ts';
import { BLOCKS, blockFor, type Block } from './kind.ts';
import { newName, singular, snakeCase } from './names.ts';
import type { Sample } from './samples.ts';

/** A resource drafted from samples. */
export type Draft = {
  /** The contract as code, and the building blocks that it uses. */
  readonly contract: string;
  readonly blocks: readonly string[];
  /** The main table comes first. */
  readonly tables: readonly DraftTable[];
  /** The fields that no table contains, by JSON pointer, with the reason. */
  readonly omitted: Readonly<Record<string, string>>;
};

export type DraftTable = Omit<Table, 'columns'> & {
  readonly columns: Record<string, Column>;
  /** The expression for each column's value. */
  readonly values: Record<string, string>;
  /** The lists whose items become rows, outermost first; empty if each record becomes a row. */
  readonly lists: readonly List[];
};

/** The expression for a list, and the names of the variables for an item and its position. */
type List = { readonly code: string; readonly item: string; readonly position: string };

type Members = Readonly<Record<string, unknown>>;

/** Where a value is in a record. */
type Place = {
  /** The expression for the value. */
  readonly code: string;
  readonly isNullable: boolean;
  /** Whether the expression can be undefined. */
  readonly isOptional: boolean;
  /** The JSON pointer to the value, and the names of the fields that lead to it from its row. */
  readonly pointer: string;
  readonly fields: readonly string[];
};

/**
 * Drafts a contract that all samples satisfy, and the tables: nested fields become columns, and each list becomes a
 * table.
 */
export function draftResource(
  {
    name,
    path,
    samples,
  }: { readonly name: string; readonly path: string; readonly samples: readonly Sample[] },
  known: { readonly resources: readonly string[]; readonly tables: readonly string[] },
): Draft {
  const record = singular(name);
  const blocks = new Set<string>();
  const omitted: Record<string, string> = {};
  const taken = new Set([...known.tables, name]);
  const tables: DraftTable[] = [];

  function block(call: string, of = ''): string {
    blocks.add(call);
    return `${call}(${of})`;
  }

  /** Returns the contract for these objects, and adds columns for their fields to the table. */
  function addObjects(table: DraftTable, objects: readonly Members[], at: Place): string {
    const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
    const fields = names.map((field) => {
      const values = objects.flatMap((one) => (Object.hasOwn(one, field) ? [one[field]] : []));
      return `${JSON.stringify(field)}: ${addField(table, values, at, field, values.length < objects.length)}`;
    });
    return block('object', `{\n${fields.join(',\n')}\n}`);
  }

  function addField(
    table: DraftTable,
    values: readonly unknown[],
    above: Place,
    field: string,
    isOptional: boolean,
  ): string {
    const at = memberOf(above, field, values.includes(null), isOptional);
    const there = values.filter((value) => value !== null);
    const kind = blockFor(field, there);
    if (typeof kind === 'object') {
      omitted[at.pointer] = kind.why;
      return block('optional', block('anything'));
    }
    const bare = addValues(table, kind, there, at);
    if (!at.isNullable) return isOptional ? block('optional', bare) : bare;
    return block(isOptional ? 'nullish' : 'nullable', bare);
  }

  function addValues(
    table: DraftTable,
    kind: Block | 'object' | 'list',
    values: readonly unknown[],
    at: Place,
  ): string {
    if (kind === 'object') return addObjects(table, values as Members[], at);
    if (kind === 'list') return block('array', addItems(table, values.flat(), at));
    if (at.pointer === '/id') return block(kind === 'text' ? 'nonBlankText' : kind);
    addColumn(table, kind, at);
    return block(kind);
  }

  function addColumn({ columns, name: owner, values }: DraftTable, kind: Block, at: Place): void {
    const own = at.fields.map(snakeCase).join('_');
    const stem = /(?:^|_)([a-z]+?)(?:_id)?$/.exec(own)?.[1];
    const target = known.resources.find((one) => [stem, `${stem}s`, `${stem}es`].includes(one));
    const isNamed = own.endsWith('_id');
    const isReference = target !== undefined && (BLOCKS[kind] === 'id' || (isNamed && kind === 'text'));
    const fields = isReference && !isNamed ? [...at.fields, 'id'] : at.fields;
    const column = newName(fields, singular(owner), new Set(Object.keys(columns)));
    const isSure = !at.isNullable && !at.isOptional;
    columns[column] = {
      type: isReference ? 'id' : BLOCKS[kind],
      ...(isSure && { nullable: false }),
      ...(isReference && { references: target }),
      doc: `Field ${at.pointer} in the API.`,
    };
    if (kind === 'text') values[column] = isSure ? `${at.code}.trim()` : `trimmed(${at.code})`;
    else values[column] = at.isOptional ? `${at.code} ?? null` : at.code;
  }

  /** Returns the contract for the items of a list, and adds a table for them. */
  function addItems(above: DraftTable, items: readonly unknown[], at: Place): string {
    const outer = above.lists.map((list, index) =>
      index < above.lists.length - 1 ? list : { ...list, position: `${singular(above.name)}_position` },
    );
    const code = at.isNullable || at.isOptional ? `(${at.code} ?? [])` : at.code;
    const item = `${'sub'.repeat(outer.length)}item`;
    const lists = [...outer, { code, item, position: 'position' }];
    const child = newName([singular(above.name), ...at.fields], record, taken);
    const table = newTable(child, `Items of the list ${at.pointer} in the API.`, `${record}_id`, lists);
    const there = items.filter((one) => one !== null);
    const field = at.fields.at(-1) ?? '';
    const kind = blockFor(field, there);
    if (typeof kind === 'object') throw new TypeError(kind.why);
    const isNullable = there.length < items.length;
    const fields = kind === 'object' ? [] : [singular(field)];
    const place = { code: item, isNullable, isOptional: false, pointer: `${at.pointer}/*`, fields };
    const bare = addValues(table, kind, there, place);
    return isNullable ? block('nullable', bare) : bare;
  }

  /** Adds a table with its key columns: the owner, and the position in each list. */
  function newTable(own: string, doc: string, owner: string, lists: readonly List[]): DraftTable {
    const positions = lists.map(({ position }) => position);
    const table: DraftTable = {
      name: own,
      doc,
      key: [owner, ...positions],
      owner,
      lists,
      columns: { [owner]: notNull.id(`Id of the ${record.replaceAll('_', ' ')} in the API.`) },
      values: { [owner]: lists.length === 0 ? 'record.id' : owner },
    };
    for (const position of positions) {
      table.columns[position] = notNull.integer('Position in its list, starting at 0.');
      table.values[position] = position;
    }
    tables.push(table);
    return table;
  }

  const main = newTable(name, `Records of ${path}.`, 'id', []);
  const start = { code: 'record', isNullable: false, isOptional: false, pointer: '', fields: [] };
  const contract = addObjects(main, samples, start);
  return { contract, blocks: [...blocks].sort(), tables, omitted };
}

function memberOf(at: Place, field: string, isNullable: boolean, isOptional: boolean): Place {
  const isUnsure = at.isNullable || at.isOptional;
  const isPlain = /^[A-Za-z_$][\w$]*$/.test(field);
  const member = isPlain ? `.${field}` : `${isUnsure ? '.' : ''}[${JSON.stringify(field)}]`;
  return {
    code: `${at.code}${isUnsure ? '?' : ''}${member}`,
    isNullable,
    isOptional: isOptional || isUnsure,
    pointer: `${at.pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    fields: [...at.fields, field],
  };
}
