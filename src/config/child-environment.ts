import type { Environment } from './environment.ts';

/** The longest value that every system accepts. */
const MOST_CHARACTERS = 8192;

/** The environment of a command that the program starts: its own, plus more variables. */
export function childEnvironment(
  own: Readonly<Record<string, string>>,
  env: Environment = process.env,
): Environment {
  const fit = (value: string): string => value.replaceAll('\0', '').slice(0, MOST_CHARACTERS);
  return {
    ...env,
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, fit(value)])),
  };
}
