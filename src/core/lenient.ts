import { FORMATS } from './formats.ts';
import { expectedBy, type Schema, type Static } from './schema.ts';

/**
 * A lenient part of a contract keeps an expected value, and replaces any other value with null. This module handles
 * only the keywords that the building blocks of contracts use (contract.ts).
 */

type Keywords = Schema & {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: keyof typeof FORMATS;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};

/** Whether a contract has a lenient part. */
export function isLenient(schema: Schema): boolean {
  const { items, properties = {} } = schema as Keywords;
  const inside = [...Object.values(properties), ...(items === undefined ? [] : [items])];
  return expectedBy(schema) !== null || inside.some(isLenient);
}

/**
 * Expects a value that satisfies its contract. Replaces values that a lenient part does not accept with null, or
 * drops them from a list.
 */
export function replaceUnexpected<S extends Schema>(schema: S, value: unknown): Static<S>;
export function replaceUnexpected(schema: Schema, value: unknown): unknown {
  const expected = expectedBy(schema);
  if (expected !== null) {
    if (satisfies(expected, value)) return replaceUnexpected(expected, value);
    return expected['type'] === 'array' ? [] : null;
  }
  const { items, properties } = schema as Keywords;
  if (Array.isArray(value)) {
    if (items === undefined) return value;
    const settled = value.map((item: unknown) => replaceUnexpected(items, item));
    return expectedBy(items) === null ? settled : settled.filter((item) => item !== null);
  }
  if (properties === undefined || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, replaceUnexpected(member, value[name])]),
  );
}

/** Returns the same result as Ajv's validation of the schema, lenient parts included. */
export function satisfies(schema: Schema, value: unknown): boolean {
  if (expectedBy(schema) !== null) return true;
  const { enum: choices, items, properties = {}, required = [], type } = schema as Keywords;
  if (type !== undefined && ![type].flat().some((one) => isOfType(one, value))) return false;
  if (choices !== undefined && !choices.includes(value)) return false;
  if (typeof value === 'string') return isText(schema, value);
  if (typeof value === 'number') return isWithin(schema, value);
  if (Array.isArray(value)) return items === undefined || value.every((item) => satisfies(items, item));
  if (!isObject(value)) return true;
  if (required.some((name) => value[name] === undefined)) return false;
  return Object.entries(properties).every(
    ([name, member]) => value[name] === undefined || satisfies(member, value[name]),
  );
}

function isText({ format, pattern }: Keywords, value: string): boolean {
  if (format !== undefined && !FORMATS[format](value)) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(value);
}

function isWithin({ maximum = Infinity, minimum = -Infinity }: Keywords, value: number): boolean {
  return value >= minimum && value <= maximum;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
