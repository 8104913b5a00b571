import { nullish, number, object, optional } from '../../core/contract.ts';

/** Quantities that the API provides in metric and imperial units. The tables contain the metric values. */
export const mass = optional(object({ kg: nullish(number()), lb: nullish(number()) }));
export const volume = optional(object({ cubic_meters: nullish(number()), cubic_feet: nullish(number()) }));
export const length = optional(object({ meters: nullish(number()), feet: nullish(number()) }));
export const thrust = optional(object({ kN: nullish(number()), lbf: nullish(number()) }));

/** Why the imperial values are omitted. */
export const POUNDS = 'the mass in kilograms is kept instead';
export const CUBIC_FEET = 'the volume in cubic meters is kept instead';
export const FEET = 'the length in meters is kept instead';
export const POUNDS_FORCE = 'the thrust in kilonewtons is kept instead';
