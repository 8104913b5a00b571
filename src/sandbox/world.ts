import { PipelineError } from '../core/errors.ts';
import { REVISIONS } from './universe/universe.ts';

/** Which simulated records are served. */
export type WorldOptions = {
  readonly launches?: number | undefined;
  readonly seed?: number | undefined;
  /** The state of the world to serve, from 1 (oldest) to REVISIONS (newest, the default). */
  readonly revision?: number | undefined;
};

export type World = { readonly launches: number; readonly seed: number; readonly revision: number };

/** Throws PipelineError `usage` if an option is invalid. */
export function readWorld(options: WorldOptions, mostLaunches: number): World {
  return {
    launches: within('launches', options.launches ?? 205, 0, mostLaunches),
    seed: within('seed', options.seed ?? 1, 0, 2 ** 32 - 1),
    revision: within('revision', options.revision ?? REVISIONS, 1, REVISIONS),
  };
}

export function readPort(port: number | undefined): number {
  return within('port', port ?? 0, 0, 65_535);
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const reason = `${name} must be a whole number from ${least} to ${most}, not ${value}`;
  throw new PipelineError(`Cannot start the sandbox: ${reason}`, { code: 'usage' });
}
