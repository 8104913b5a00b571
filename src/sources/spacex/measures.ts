import { nullish, number, object, optional } from '../../core/contract.ts';

/** Quantities that the API provides in metric and imperial units. The tables contain the metric values. */
export const mass = optional(object({ kg: nullish(number()), lb: nullish(number()) }));
export const volume = optional(object({ cubic_meters: nullish(number()), cubic_feet: nullish(number()) }));
export const length = optional(object({ meters: nullish(number()), feet: nullish(number()) }));
export const thrust = optional(object({ kN: nullish(number()), lbf: nullish(number()) }));

/** Why the imperial values are omitted. */
export const POUNDS = 'the same mass in kilograms is kept';
export const CUBIC_FEET = 'the same volume in cubic meters is kept';
export const FEET = 'the same length in meters is kept';
export const POUNDS_FORCE = 'the same thrust in kilonewtons is kept';
