export const JSON_TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** The shape of one resource's records in one run: the file profile/<resource>.json of its folder. */
export type Profile = {
  readonly resource: string;
  /** Records that were JSON, whether they honoured the contract or not. */
  readonly records: number;
  /** Values of unknown fields that were counted here alone, as there were too many fields or too many levels. */
  readonly untold: number;
  readonly fields: readonly ProfiledField[];
};

export type ProfiledField = {
  /** JSON Pointer into the record, with `*` for any index of an array. Long names are cut. */
  readonly path: string;
  /** The types that the contract admits, empty where it admits any; null: it does not know the field. */
  readonly contract: readonly JsonType[] | null;
  /** Values by type. Of a field that the contract calls a number, whole ones are numbers too. */
  readonly types: Readonly<Partial<Record<JsonType, number>>>;
  /** Objects that have a place for the field and do not have it. */
  readonly absent: number;
  /** Records that have it. Counted of unknown fields alone, else null. */
  readonly records: number | null;
  /** Texts that are none of those that the contract lists, and values of the right type that a lenient field cannot use. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** As many more of them that are not told apart, objects and lists among them. */
  readonly other_values: number;
};

/** The type of a value that came out of JSON. */
export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'object';
}
