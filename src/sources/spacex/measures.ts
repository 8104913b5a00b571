import { nullish, number, object, optional } from '../../core/contract.ts';

/** What the API measures in two systems of units. The tables keep the metric one. */
export const mass = optional(object({ kg: nullish(number()), lb: nullish(number()) }));
export const volume = optional(object({ cubic_meters: nullish(number()), cubic_feet: nullish(number()) }));
export const length = optional(object({ meters: nullish(number()), feet: nullish(number()) }));
export const thrust = optional(object({ kN: nullish(number()), lbf: nullish(number()) }));

/** Why the others are left out. */
export const POUNDS = 'the same mass in kilograms is kept';
export const CUBIC_FEET = 'the same volume in cubic metres is kept';
export const FEET = 'the same length in metres is kept';
export const POUNDS_FORCE = 'the same thrust in kilonewtons is kept';
