import type pg from 'pg';

import { makeInterruptible } from './session.ts';

/** Sends one query and waits for its end; `evenAborted` also after the signal. */
type Send = (query: readonly unknown[], evenAborted: boolean) => Promise<unknown>;

/**
 * Lets every query on the client wait for the one before: resources that run side by side ask for things over one
 * connection, and pg lets only one query wait for its turn. Gives a way in for other work, such as a COPY.
 */
export function takeTurns(
  client: pg.Client,
  send: Send,
  { evenAborted = false }: { readonly evenAborted?: boolean } = {},
): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }
  const asking =
    (anyway: boolean) =>
    (...query: unknown[]): Promise<unknown> =>
      // It is how everything is left that was interrupted.
      inTurn(() => send(query, anyway || query[0] === 'ROLLBACK'));
  client.query = asking(evenAborted) as typeof client.query;
  const uninterrupted: pg.ClientBase = Object.create(client, { query: { value: asking(true) } });
  makeInterruptible(client, uninterrupted);
  return inTurn;
}
