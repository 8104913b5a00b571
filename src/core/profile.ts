export const JSON_TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** The shape of one resource's records in one run: the file profile/<resource>.json in the run's folder. */
export type Profile = {
  readonly resource: string;
  /** Records that were valid JSON, whether or not they satisfied the contract. */
  readonly records: number;
  /**
   * Values of unknown fields that were counted but not listed, because there were too many fields or levels.
   */
  readonly untold: number;
  readonly fields: readonly ProfiledField[];
};

export type ProfiledField = {
  /** JSON Pointer into the record, with `*` for any array index. Long names are truncated. */
  readonly path: string;
  /** The types that the contract allows, empty if it allows any; null if the field is not in the contract. */
  readonly contract: readonly JsonType[] | null;
  /** Values by type. If the contract defines the field as a number, whole numbers also count as numbers. */
  readonly types: Readonly<Partial<Record<JsonType, number>>>;
  /** Objects that could have the field but do not. */
  readonly absent: number;
  /** Records that have the field. Counted only for unknown fields, otherwise null. */
  readonly records: number | null;
  /** Strings that the contract does not list, and values of the right type that a lenient field cannot use. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** The number of other such values, including objects and lists, that are not listed here. */
  readonly other_values: number;
};

/** The type of a parsed JSON value. */
export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'object';
}
