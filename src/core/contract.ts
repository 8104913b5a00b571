import { boolean, integer as whole, number as double, string, type Schema } from './schema.ts';

/**
 * Building blocks of contracts. A contract is JSON Schema: it checks and never converts. Each block admits only
 * what its column type can store (see formats.ts).
 */

export { array, nullable, object, oneOf, optional } from './schema.ts';

const INT4 = 2 ** 31;

export const text = (): Schema<string> => string({ format: 'text' });
export const objectId = (): Schema<string> => string({ pattern: '^[0-9a-f]{24}$' });
export const timestamp = (): Schema<string> => string({ format: 'timestamp' });
export const calendarDate = (): Schema<string> => string({ format: 'calendar-date' });
/** `2020-06-19 21:46:09.000224`, in UTC. */
export const spaceTime = (): Schema<string> => string({ format: 'space-time' });
export const bool = (): Schema<boolean> => boolean();
/** Any finite double. */
export const number = (): Schema<number> => double();
/** A whole number that a column of type `integer` holds. */
export const integer = (): Schema<number> => whole({ minimum: -INT4, maximum: INT4 - 1 });
/** A whole number that both a double and a column of type `bigint` hold exactly: JSON.parse rounds beyond. */
export const bigint = (): Schema<number> =>
  whole({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
