import { expectedBy, type Schema as AnySchema } from '../core/schema.ts';
import { jsonType, type JsonType, type ProfiledField } from '../core/profile.ts';

/** The counts at one JSON Pointer. */
export type Node = {
  readonly path: string;
  readonly depth: number;
  readonly contract: readonly JsonType[] | null;
  /** The one type besides null that the contract admits; null if it admits several or any. */
  readonly type: JsonType | null;
  /** What the contract expects here without requiring it; null if it does require it, or if the field is unknown. */
  readonly expected: AnySchema | null;
  /** The contract does not restrict the content. */
  readonly open: boolean;
  readonly optional: boolean;
  readonly choices: readonly unknown[] | null;
  /** By name. Fields in the contract come first. */
  readonly fields: Map<string, Node>;
  items: Node | null;
  readonly types: Record<JsonType, number>;
  records: number;
  /** The number of the last record counted in `records`. */
  lastRecord: number;
  readonly values: Map<string, number>;
  otherValues: number;
};

type NodeParts = Pick<Node, 'path' | 'depth'> & Partial<Node>;

export function createNode(parts: NodeParts): Node {
  return {
    contract: null,
    type: null,
    expected: null,
    open: false,
    optional: true,
    choices: null,
    fields: new Map(),
    items: null,
    types: { object: 0, array: 0, string: 0, number: 0, integer: 0, boolean: 0, null: 0 },
    records: 0,
    lastRecord: 0,
    values: new Map(),
    otherValues: 0,
    ...parts,
  };
}

/** The part of JSON Schema that the building blocks of contracts use (contract.ts). */
type Schema = {
  readonly [keyword: string]: unknown;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly patternProperties?: unknown;
  readonly additionalProperties?: unknown;
};

export function treeOf(contract: AnySchema): Node {
  return nodeOf(contract, {
    path: '',
    depth: 0,
    optional: false,
  });
}

function nodeOf(outer: AnySchema, parts: NodeParts): Node {
  const expected = expectedBy(outer);
  const schema: Schema = expected ?? outer;
  const contract = [schema.type ?? []].flat();
  const others = contract.filter((type) => type !== 'null');
  const type = others.length === 1 ? (others[0] ?? null) : null;
  const node = createNode({
    ...parts,
    contract,
    type,
    expected,
    open: isOpen(schema, type),
    choices: schema.enum ?? null,
  });
  if (node.open) return node;
  const depth = node.depth + 1;
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const optional = schema.required?.includes(name) !== true;
    node.fields.set(name, nodeOf(field, { path: pathOf(node, name), depth, optional }));
  }
  if (schema.items !== undefined)
    node.items = nodeOf(schema.items, { path: `${node.path}/*`, depth, optional: false });
  return node;
}

/** Does it admit several types, any type, a tuple, or an object whose names are data? */
function isOpen(schema: Schema, type: JsonType | null): boolean {
  if (type === 'array') return jsonType(schema.items) !== 'object';
  if (type !== 'object') return type === null;
  const named = schema.patternProperties === undefined && (schema.additionalProperties ?? false) === false;
  return schema.properties === undefined || !named;
}

export function pathOf(parent: Node, name: string): string {
  return `${parent.path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The type that a value is counted as. */
export function typeAt(node: Node, value: unknown): JsonType {
  const type = jsonType(value);
  return type === 'integer' && node.contract?.includes('number') === true ? 'number' : type;
}

/** Depth first, in the order of the contract, then in the order of appearance. */
export function* fieldsOf(node: Node, absent = 0): Generator<ProfiledField> {
  const { contract, items, otherValues, path, records, values } = node;
  const types = Object.entries(node.types).filter(([, count]) => count > 0);
  yield {
    path,
    contract,
    types: Object.fromEntries(types),
    absent,
    records: contract === null ? records : null,
    values: [...values].map(([value, count]) => ({ value, count })),
    other_values: otherValues,
  };
  for (const field of node.fields.values()) {
    const seen = Object.values(field.types).reduce((sum, count) => sum + count, 0);
    yield* fieldsOf(field, node.types.object - seen);
  }
  if (items !== null) yield* fieldsOf(items);
}
