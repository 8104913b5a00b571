import { resources } from '../sources/index.ts';

const [first] = resources;

/** A resource for examples in help; its main table has the same name. */
export const EXAMPLE_NAME = first?.name ?? '';

/** A command that reads a database at a URL. */
export function psqlLine(url: string): string {
  return `psql ${url} -c 'SELECT * FROM ${EXAMPLE_NAME}'`;
}
