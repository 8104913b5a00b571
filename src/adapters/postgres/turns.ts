import type pg from 'pg';

/**
 * Lets every query on the client wait for the one before: resources that run side by side ask for things over one
 * connection, and pg lets only one query wait for its turn. Gives a way in for other work, such as a COPY.
 */
export function takeTurns(client: pg.Client): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }
  const send: (...query: unknown[]) => Promise<unknown> = client.query.bind(client);
  client.query = ((...query: unknown[]) => inTurn(() => send(...query))) as typeof client.query;
  return inTurn;
}
