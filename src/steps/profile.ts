import { satisfies } from '../core/lenient.ts';
import { jsonType, type JsonType, type Profile, type ProfiledField } from '../core/profile.ts';
import { expectedBy, type Schema as AnySchema } from '../core/schema.ts';

/** Limits that keep a hostile source from using too much memory. */
const MAX_UNKNOWN_FIELDS = 256;
const MAX_DEPTH = 16;
const MAX_NAME_LENGTH = 64;
const MAX_VALUES = 20;
const MAX_VALUE_LENGTH = 80;

export type Profiler = {
  /** Accepts any JSON value, whether or not it satisfies the contract. */
  readonly add: (record: unknown) => void;
  /** Returns the finished profile. */
  readonly end: (resource: string) => Profile;
};

/** Counts, exactly and in bounded memory, how records differ from their contract. */
export function createProfiler(contract: AnySchema): Profiler {
  const root = nodeOf(contract, { path: '', depth: 0 });
  let records = 0;
  let unknownFields = 0;
  let untold = 0;

  function tally(node: Node, value: unknown): void {
    node.types[typeAt(node, value)] += 1;
    if (node.contract === null && node.lastRecord !== records) {
      node.lastRecord = records;
      node.records += 1;
    }
    if (isBeyond(node, value)) tallyValue(node, value);
  }

  function tallyValue(node: Node, value: unknown): void {
    const plain = typeof value === 'string' || typeof value === 'number';
    const text = plain ? cut(`${value}`, MAX_VALUE_LENGTH) : null;
    const count = text === null ? undefined : node.values.get(text);
    if (text === null || (count === undefined && node.values.size >= MAX_VALUES)) node.otherValues += 1;
    else node.values.set(text, (count ?? 0) + 1);
  }

  function walk(node: Node, value: unknown): void {
    tally(node, value);
    if (node.open || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) walkAt((node.items ??= unknown(node, '*')), item);
    } else {
      const object = value as Readonly<Record<string, unknown>>;
      for (const name in object) walkAt(fieldOf(node, name), object[name]);
    }
  }

  function walkAt(node: Node | null, value: unknown): void {
    if (node === null) untold += 1;
    else walk(node, value);
  }

  function fieldOf(node: Node, name: string): Node | null {
    const key = cut(name, MAX_NAME_LENGTH);
    const found = node.fields.get(key);
    if (found !== undefined) return found;
    const made = unknown(node, key);
    if (made !== null) node.fields.set(key, made);
    return made;
  }

  function unknown(parent: Node, name: string): Node | null {
    if (unknownFields >= MAX_UNKNOWN_FIELDS || parent.depth >= MAX_DEPTH) return null;
    unknownFields += 1;
    return createNode({ path: pathOf(parent, name), depth: parent.depth + 1 });
  }

  return {
    add(record) {
      records += 1;
      walk(root, record);
    },
    end: (resource) => ({ resource, records, untold, fields: [...fieldsOf(root)] }),
  };
}

/** Whether the value has a type that the contract allows but is not one of the choices, or is not what is expected. */
function isBeyond(node: Node, value: unknown): boolean {
  const { choices, contract, expected } = node;
  if (expected === null) return typeof value === 'string' && choices !== null && !choices.includes(value);
  return contract?.includes(typeAt(node, value)) === true && !satisfies(expected, value);
}

/** A truncated string must be a copy, because a substring keeps the original string in memory. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le')}…`;
}

/** The counts at one JSON Pointer. */
type Node = {
  readonly path: string;
  readonly depth: number;
  readonly contract: readonly JsonType[] | null;
  /**
   * What the contract expects here without requiring it; null if the contract requires it, or if the field is unknown.
   */
  readonly expected: AnySchema | null;
  /** True if the contract does not restrict the content. */
  readonly open: boolean;
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

function createNode(parts: NodeParts): Node {
  return {
    contract: null,
    expected: null,
    open: false,
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
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
};

function nodeOf(outer: AnySchema, parts: NodeParts): Node {
  const expected = expectedBy(outer);
  const schema: Schema = expected ?? outer;
  const contract = [schema.type ?? []].flat();
  const others = contract.filter((type) => type !== 'null');
  const type = others.length === 1 ? (others[0] ?? null) : null;
  const node = createNode({
    ...parts,
    contract,
    expected,
    open: isOpen(schema, type),
    choices: schema.enum ?? null,
  });
  if (node.open) return node;
  const depth = node.depth + 1;
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    node.fields.set(name, nodeOf(field, { path: pathOf(node, name), depth }));
  }
  if (schema.items !== undefined) node.items = nodeOf(schema.items, { path: `${node.path}/*`, depth });
  return node;
}

/** Whether the schema allows several types, any type, a tuple, or an object whose field names are data. */
function isOpen(schema: Schema, type: JsonType | null): boolean {
  if (type === 'array') return jsonType(schema.items) !== 'object';
  if (type !== 'object') return type === null;
  return schema.properties === undefined || (schema.additionalProperties ?? false) !== false;
}

function pathOf(parent: Node, name: string): string {
  return `${parent.path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The type under which a value is counted. */
function typeAt(node: Node, value: unknown): JsonType {
  const type = jsonType(value);
  return type === 'integer' && node.contract?.includes('number') === true ? 'number' : type;
}

/** Depth first, in the order of the contract, then in the order of appearance. */
function* fieldsOf(node: Node, absent = 0): Generator<ProfiledField> {
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
