import { hash } from '../../random.ts';
import { rocketOf } from './places.ts';
import { DAY, HOUR, MINUTE } from './timeline.ts';

const ID = 51;
const MISSIONS = [
  'Sparrow Hawk',
  'Tidewater & Sons',
  'The "Quiet" One',
  'Weatherglass',
  'Polarlicht Süd',
  'Kōhaku 🚀',
  'Rideshare',
] as const;

/** A version 8 UUID, which is meant for custom schemes; real ids are version 4 UUIDs. */
export function launchId(seed: number, slot: number): string {
  const hex = (salt: number): string =>
    hash(seed, slot, ID + salt)
      .toString(16)
      .padStart(8, '0');
  const digits = hex(0) + hex(1) + hex(2) + hex(3);
  return `${digits.slice(0, 8)}-0000-8000-8${digits.slice(9, 12)}-${digits.slice(12, 24)}`;
}

export function missionName(slot: number): string {
  const mission = MISSIONS[Math.abs(slot) % MISSIONS.length] ?? MISSIONS[0];
  return `Simulated Mission ${slot + 10_000} ${mission}`;
}

export function launchName(slot: number): string {
  const { name, variant } = rocketOf(slot);
  return `${`${name} ${variant}`.trim()} | ${missionName(slot)}`;
}

/** Formats a time in whole seconds, as the service does. */
export function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Formats a duration in ISO 8601, such as P9DT3H40M. */
export function duration(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  return `P${days}DT${hours}H${minutes}M`;
}
