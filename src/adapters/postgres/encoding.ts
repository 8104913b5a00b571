import { PipelineError } from '../../core/errors.ts';
import type { Database, Session } from './session.ts';

/** Throws `database` if the database would refuse some characters of records, or store them as mere bytes. */
export async function checkEncoding({ name }: Database, session: Session): Promise<void> {
  const { encoding } = await session.one<{ encoding: string }>('SELECT getdatabaseencoding() AS encoding');
  if (encoding === 'UTF8') return;
  throw new PipelineError(
    `Cannot use ${name}: the encoding of this database is ${encoding}, and only UTF8 has every character of a record`,
    {
      code: 'database',
      // With another locale, createdb may refuse the encoding.
      hint: 'Create another database and give its URL: createdb -E UTF8 -T template0 --locale=C spacex',
      context: { encoding },
    },
  );
}
