/**
 * A JSON Schema that carries the type of the values it accepts; only the compiler uses that type. The usual library for
 * this added a tenth of a second to each start.
 */
export type Schema<T = unknown> = {
  readonly [keyword: string]: unknown;
  readonly [ADMITS]?: () => T;
};
declare const ADMITS: unique symbol;

/** The type of the values that a schema accepts. */
export type Static<S extends Schema> = S extends Schema<infer T> ? T : never;

/** The schema of an object with known members. */
export type ObjectSchema<P extends Properties = Properties> = Schema<ObjectOf<P>> & {
  readonly properties: P;
};

export type Properties = Readonly<Record<string, Schema>>;
type OptionalSchema<T> = Schema<T> & { readonly [OPTIONAL]: true };
export type Optionals<P extends Properties> = { readonly [K in keyof P]: OptionalSchema<Static<P[K]>> };
type OptionalKey<P> = { [K in keyof P]: P[K] extends OptionalSchema<unknown> ? K : never }[keyof P];
type ObjectOf<P extends Properties> = Flat<
  { [K in Exclude<keyof P, OptionalKey<P>>]: Static<P[K]> } & { [K in OptionalKey<P>]?: Static<P[K]> }
>;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type Keywords = Readonly<Record<string, unknown>>;

/** A symbol, so that neither Ajv nor JSON treats it as a keyword. */
const OPTIONAL = Symbol('optional');

export function string(keywords: Keywords = {}): Schema<string> {
  return { type: 'string', ...keywords };
}

export function number(keywords: Keywords = {}): Schema<number> {
  return { type: 'number', ...keywords };
}

export function integer(keywords: Keywords = {}): Schema<number> {
  return { type: 'integer', ...keywords };
}

export function boolean(keywords: Keywords = {}): Schema<boolean> {
  return { type: 'boolean', ...keywords };
}

export function oneOf<const V extends readonly string[]>(
  values: V,
  keywords: Keywords = {},
): Schema<V[number]> {
  return { type: 'string', enum: [...values], ...keywords };
}

export function array<T>(items: Schema<T>, keywords: Keywords = {}): Schema<readonly T[]> {
  return { type: 'array', items, ...keywords };
}

/** Members that are not `optional` are required; further members are allowed. */
export function object<const P extends Properties>(properties: P, keywords: Keywords = {}): ObjectSchema<P> {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name]));
  return { type: 'object', ...(required.length > 0 && { required }), properties, ...keywords };
}

/** An object whose member names are chosen by the user. */
export function mapOf<T>(values: Schema<T>, keywords: Keywords = {}): Schema<Readonly<Record<string, T>>> {
  return { type: 'object', additionalProperties: values, ...keywords };
}

/**
 * Makes a schema lenient: a missing or unexpected value is not a fault. It counts as null, and the profile records
 * it. Ajv accepts anything here; lenient.ts replaces the value with null.
 */
export function lenient<T>(expected: Schema<T>): Schema<T | null> {
  return { expected };
}

/** A list that drops unexpected items. Anything that is not a list counts as an empty one. */
export function lenientArray<T>(items: Schema<T>): Schema<T[]> {
  return { expected: { type: 'array', items: lenient(items) } };
}

/** What a lenient schema expects; null for any other schema. */
export function expectedBy(schema: Schema): Schema | null {
  return (schema as { readonly expected?: Schema }).expected ?? null;
}

/** Marks a member of an object that may be missing. */
export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { ...schema, [OPTIONAL]: true };
}

/** Marks every member of an object as optional. */
export function optionals<const P extends Properties>(properties: P): Optionals<P> {
  const marked = Object.entries(properties).map(([name, schema]) => [name, optional(schema)]);
  return Object.fromEntries(marked) as Optionals<P>;
}

/** Also accepts null. Uses a type array, not a union, so that one fault results in one error. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { type, enum: choices } = schema;
  const withNull = Array.isArray(choices) ? { enum: [...(choices as unknown[]), null] } : {};
  return { ...schema, type: [type, 'null'], ...withNull };
}

/** Marks a member of an object that may be missing or null. */
export function nullish<T>(schema: Schema<T>): OptionalSchema<T | null> {
  return optional(nullable(schema));
}

function isOptional(schema: Schema | undefined): boolean {
  return schema !== undefined && (OPTIONAL in schema || expectedBy(schema) !== null);
}
