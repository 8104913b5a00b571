import { boolean, integer as anyInteger, number as anyNumber, string, type Schema } from './schema.ts';

/**
 * Building blocks for contracts. A contract is a JSON Schema: it checks values and never converts them. Each block
 * accepts only values that its column type can store (see formats.ts).
 */

export { array, lenient, lenientArray, nullable, nullish, object, oneOf, optional } from './schema.ts';

const INT4 = 2 ** 31;

export const text = (): Schema<string> => string({ format: 'text' });
/** Text that is not blank. */
export const nonBlankText = (): Schema<string> => string({ format: 'text', pattern: '\\S' });
export const uuid = (): Schema<string> =>
  string({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
export const objectId = (): Schema<string> => string({ pattern: '^[0-9a-f]{24}$' });
export const timestamp = (): Schema<string> => string({ format: 'timestamp' });
export const calendarDate = (): Schema<string> => string({ format: 'calendar-date' });
/** `2020-06-19 21:46:09.000224`, in UTC. */
export const spacedTimestamp = (): Schema<string> => string({ format: 'space-time' });
/** ISO 8601 without years and months, whose length varies, and shorter than 2,740 years. */
export const duration = (): Schema<string> =>
  string({
    pattern:
      '^P(?=\\d|T\\d)(?:\\d{1,6}D)?(?:T(?=\\d)(?:\\d{1,6}H)?(?:\\d{1,6}M)?(?:\\d{1,6}(?:\\.\\d{1,9})?S)?)?$',
  });
export const bool = (): Schema<boolean> => boolean();
/** Any finite double. */
export const number = (): Schema<number> => anyNumber();
export const between = (minimum: number, maximum: number): Schema<number> => anyNumber({ minimum, maximum });
/** A whole number that fits a column of type `integer`. */
export const integer = (): Schema<number> => anyInteger({ minimum: -INT4, maximum: INT4 - 1 });
/**
 * A whole number that both a double and a `bigint` column can represent exactly: JSON.parse rounds numbers beyond
 * that range.
 */
export const bigint = (): Schema<number> =>
  anyInteger({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
/** A field that no table needs. */
export const anything = (): Schema => ({});
