import { number, object, type Schema } from '../core/schema.ts';

export const DAY_SECONDS = 86_400;
export const COUNT = { minimum: 0, maximum: 1_000_000_000 } as const;
export const SHARE = { minimum: 0, maximum: 1 } as const;

export function section<const P extends Record<string, Schema>>(properties: P) {
  return object(properties, { additionalProperties: false });
}

export function timeout(byDefault: number, description: string): Schema<number> {
  return number({ exclusiveMinimum: 0, maximum: 3600, default: byDefault, description });
}

export function seconds(byDefault: number, description: string): Schema<number> {
  return number({ minimum: 0, maximum: DAY_SECONDS, default: byDefault, description });
}
