import { Type, type Static, type TSchema } from 'typebox';

/**
 * Building blocks of contracts. A contract is JSON Schema: it checks and never converts. Each block admits only
 * what its column type can store (see formats.ts).
 */

const INT4 = 2 ** 31;

export const text = () => Type.String({ format: 'text' });
export const objectId = () => Type.String({ pattern: '^[0-9a-f]{24}$' });
export const timestamp = () => Type.String({ format: 'timestamp' });
export const calendarDate = () => Type.String({ format: 'calendar-date' });
export const bool = () => Type.Boolean();
/** Any finite double. */
export const number = () => Type.Number();
/** A whole number that a column of type `integer` holds. */
export const integer = () => Type.Integer({ minimum: -INT4, maximum: INT4 - 1 });
/** A whole number that both a double and a column of type `bigint` hold exactly: JSON.parse rounds beyond. */
export const bigint = () =>
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
export const oneOf = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values] });

/** The same value, or null. A type array, not a union: one fault then gives one error. */
export function nullable<S extends TSchema>(schema: S) {
  const { type, enum: choices } = schema as { readonly type?: unknown; readonly enum?: readonly unknown[] };
  const withNull = choices === undefined ? {} : { enum: [...choices, null] };
  return Type.Unsafe<Static<S> | null>({ ...schema, type: [type, 'null'], ...withNull });
}
