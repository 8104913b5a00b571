import { PipelineError } from '../../core/errors.ts';
import type { Database, Session } from './session.ts';

/** Throws `database` if the database would reject some characters or store them as uninterpreted bytes. */
export async function checkEncoding({ name }: Database, session: Session): Promise<void> {
  const { encoding } = await session.one<{ encoding: string }>('SELECT getdatabaseencoding() AS encoding');
  if (encoding === 'UTF8') return;
  throw new PipelineError(`Cannot use ${name}: its encoding is ${encoding}, but records need UTF8`, {
    code: 'database',
    // With a different locale, createdb might reject the encoding.
    hint: 'Create a different database and use its URL: createdb -E UTF8 -T template0 --locale=C spacex',
    context: { encoding },
  });
}
