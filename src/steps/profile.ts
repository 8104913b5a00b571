import { honours } from '../core/lenient.ts';
import type { Schema } from '../core/schema.ts';
import type { Profile } from '../core/profile.ts';
import { createNode, fieldsOf, pathOf, treeOf, typeAt, type Node } from './profile-tree.ts';
import { compileValidCounter } from './profile-valid.ts';

/** Limits on what a hostile source could make grow. */
const MAX_UNKNOWN_FIELDS = 256;
const MAX_DEPTH = 16;
const MAX_NAME_LENGTH = 64;
const MAX_VALUES = 20;
const MAX_VALUE_LENGTH = 80;

export type Profiler = {
  /** Takes a record that satisfies the contract. */
  readonly addValid: (record: unknown) => void;
  /** Takes any other value that JSON can hold. */
  readonly addErrored: (record: unknown) => void;
  /** Ends the profile. */
  readonly end: (resource: string) => Profile;
};

/** Counts, exactly and in bounded memory, how records differ from their contract. */
export function createProfiler(contract: Schema): Profiler {
  const root = treeOf(contract);
  const valid = compileValidCounter(root, walkUnknown, walk);
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

  function walkUnknown(node: Node, object: Readonly<Record<string, unknown>>): void {
    for (const name in object) {
      const field = fieldOf(node, name);
      if (field === null || field.contract === null) walkAt(field, object[name]);
    }
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
    addValid(record) {
      records += 1;
      valid.count(record);
    },
    addErrored(record) {
      records += 1;
      walk(root, record);
    },
    end(resource) {
      valid.settle();
      return { resource, records, untold, fields: [...fieldsOf(root)] };
    },
  };
}

/** Has a value a type that the contract admits, but is it not one of the choices, or not as expected? */
function isBeyond(node: Node, value: unknown): boolean {
  const { choices, contract, expected } = node;
  if (expected === null) return typeof value === 'string' && choices !== null && !choices.includes(value);
  return contract?.includes(typeAt(node, value)) === true && !honours(expected, value);
}

/** A cut text must be a copy, because a substring keeps the original string in memory. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le')}…`;
}
