import type { QueryResult } from 'pg';

import type { QueueDatabase } from '../../core/queue.ts';
import { isLost } from './errors.ts';
import type { Database, Session } from './session.ts';

/** A database with the interface that other libraries expect. */
export type ForeignDatabase = QueueDatabase & { readonly close: () => Promise<void> };

/**
 * One session for a third-party library; reconnects if the session is lost. On the embedded database, its statements
 * run between the statements of runs, but never inside their transactions.
 */
export function openForeign(database: Database): ForeignDatabase {
  let connecting: Promise<Session> | null = null;

  function connect(): Promise<Session> {
    const opening = (connecting ??= database.connect());
    opening.catch(() => {
      connecting = null;
    });
    return opening;
  }

  return {
    async executeSql(sql, values) {
      const session = await connect();
      try {
        const result = await session.foreign(sql, values);
        return { rows: [result].flat().flatMap(({ rows }: QueryResult<Record<string, unknown>>) => rows) };
      } catch (error) {
        if (isLost(error)) {
          connecting = null;
          await session.close().catch(() => undefined);
        }
        throw error;
      }
    },
    async close() {
      const session = await connecting?.catch(() => null);
      await session?.close();
      await database.close();
    },
  };
}
