import { integer, number, object, optional, type Schema } from '../core/schema.ts';

export const DAY_SECONDS = 86_400;
export const COUNT = { minimum: 0, maximum: 1_000_000_000 } as const;
export const SHARE = { minimum: 0, maximum: 1 } as const;

/** Job names become part of queue names, URLs and labels. */
export const JOB_NAME = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$';

/** Identifies the part of a collection to pull. */
export const ID_OR_ALL = '^(?:[0-9]{1,9}|all)$';

export function section<const P extends Record<string, Schema>>(properties: P) {
  return object(properties, { additionalProperties: false });
}

/** The limits of one resource or job. Values that it leaves out come from the section `limits`. */
export function ownLimit() {
  return section({ count: optional(integer(COUNT)), share: optional(number(SHARE)) });
}

export function timeout(byDefault: number, description: string): Schema<number> {
  return number({ exclusiveMinimum: 0, maximum: 3600, default: byDefault, description });
}

export function seconds(byDefault: number, description: string): Schema<number> {
  return number({ minimum: 0, maximum: DAY_SECONDS, default: byDefault, description });
}
