import { pipeline } from 'node:stream/promises';

import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { ConnectionLost } from './errors.ts';
import type { Query } from './session.ts';

/**
 * Sends queries. Once the connection breaks, each query fails with the reason passed to `lose`, or with the server's
 * reason.
 */
export function trackLoss(client: pg.Client) {
  let reason: unknown = null;
  const lose = (why: unknown): void => {
    reason ??= why;
  };
  client.on('error', lose);

  async function orLoss<T>(send: () => Promise<T>): Promise<T> {
    if (reason !== null) throw new ConnectionLost(reason);
    try {
      return await send();
    } catch (error) {
      throw error instanceof pg.DatabaseError ? error : new ConnectionLost(reason ?? error);
    }
  }

  return {
    lose,
    query: (query: Query): Promise<pg.QueryResult> => orLoss(() => client.query(query)),
    /** Runs COPY FROM STDIN. Returns the number of rows. */
    copy: (sql: string, csv: Uint8Array): Promise<number> =>
      orLoss(async () => {
        const stream = client.query(copyFrom(sql));
        await pipeline([csv], stream);
        return stream.rowCount;
      }),
  };
}
