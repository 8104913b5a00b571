import {
  array,
  boolean,
  integer,
  number,
  object,
  oneOf,
  optionals,
  string,
  type Properties,
  type Schema,
} from '../core/schema.ts';

export const DAY_SECONDS = 86_400;
const COUNT = { minimum: 0, maximum: 1_000_000_000 } as const;
const SHARE = { minimum: 0, maximum: 1 } as const;

/** Job names become part of queue names, URLs and labels. */
export const JOB_NAME = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$';

/** Identifies the part of a collection to pull. */
export const ID_OR_ALL = '^(?:[0-9]{1,9}|all)$';

type Description = { readonly description?: string };

export function section<const P extends Properties>(properties: P, description: Description = {}) {
  return object(properties, { additionalProperties: false, ...description });
}

/** The limits for one resource or job. Omitted values come from the top-level `limits`. */
export function ownLimits(description: Description = {}) {
  const own = section(optionals({ count: integer(COUNT), share: number(SHARE) }));
  return section(optionals({ rejects: own, vanished: own }), description);
}

export function resourceNames(keywords: Description & { readonly default?: null }) {
  return array(string({ minLength: 1 }), { minItems: 1, uniqueItems: true, ...keywords });
}

export function toggle(byDefault: boolean, description: string): Schema<boolean> {
  return boolean({ default: byDefault, description });
}

export function wholeNumber(
  minimum: number,
  maximum: number,
  byDefault: number,
  description: string,
): Schema<number> {
  return integer({ minimum, maximum, default: byDefault, description });
}

export function timeout(byDefault: number, description: string): Schema<number> {
  return number({ exclusiveMinimum: 0, maximum: 3600, default: byDefault, description });
}

export function seconds(byDefault: number, description: string): Schema<number> {
  return number({ minimum: 0, maximum: DAY_SECONDS, default: byDefault, description });
}

/** A resource is rejected only if it exceeds both the count and the share. */
export function limit(what: string) {
  return section({
    count: integer({
      ...COUNT,
      default: 5,
      description: `How many ${what} are allowed for each resource, regardless of their share.`,
    }),
    share: number({
      ...SHARE,
      default: 0.1,
      description: `The share of ${what} that is allowed for each resource, regardless of how many there are; from 0 to 1.`,
    }),
  });
}

export function choice<const V extends readonly string[]>(
  values: V,
  byDefault: V[number],
  description: string,
) {
  return oneOf(values, { default: byDefault, description });
}
