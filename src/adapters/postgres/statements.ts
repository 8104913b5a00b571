import type { Log } from '../../core/ports.ts';
import { requestCancel } from './cancel.ts';
import type { Connection } from './connect.ts';
import { CANCELLED, ConnectionLost, noAnswer, reasonOf, sqlState } from './errors.ts';
import type { Activity } from './liveness.ts';

/** After an interruption: how much longer a statement may take to be canceled or to clean up. */
const PATIENCE_MS = 2500;
const CANCEL_TIMEOUT_MS = 2000;

export type StatementRules = {
  readonly signal: AbortSignal;
  /** How long the server may be silent before it is asked what it is doing. */
  readonly silenceMs: number;
  /** Asks the server over a second connection. Throws if the server is unreachable. */
  readonly probeBackend: () => Promise<Activity>;
  /** Breaks all other connections to an unreachable server. */
  readonly loseAll: (reason: Error) => void;
  readonly log: Pick<Log, 'warn'> | null;
};

/**
 * Limits the wait for statements. The signal cancels the running statement, and the connection is closed if the server
 * is silent and unreachable. Only one statement may be in progress at a time.
 */
export function limitStatements(connection: Connection, rules: StatementRules) {
  const { signal } = rules;
  const patienceMs = Math.min(rules.silenceMs, PATIENCE_MS);
  /**
   * Sends one statement and waits for it to finish; `name` is for display. With `evenAborted`, sends it even after the
   * signal has been aborted.
   */
  return async <T>(name: string, send: () => Promise<T>, evenAborted: boolean): Promise<T> => {
    if (!evenAborted) signal.throwIfAborted();
    const cancels: Promise<void>[] = [];
    let patience: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      if (!evenAborted) cancels.push(requestCancel(connection, CANCEL_TIMEOUT_MS));
      patience = setTimeout(() => connection.sever(noAnswer(patienceMs)), patienceMs);
    };
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt);
    const stopWatching = watchSilence(connection, name, rules);
    try {
      return await send();
    } catch (error) {
      if (cancels.length > 0 && isFromCancel(error, name)) throw signal.reason;
      throw error;
    } finally {
      stopWatching();
      clearTimeout(patience);
      signal.removeEventListener('abort', interrupt);
      // A cancel request must not hit the next statement.
      await Promise.all(cancels);
    }
  };
}

/** If the connection was lost during a commit, the outcome is unknown, so the error is more than an interruption. */
function isFromCancel(error: unknown, name: string): boolean {
  return sqlState(error) === CANCELLED || (error instanceof ConnectionLost && name !== 'COMMIT');
}

/** Breaks a connection on which a response can no longer arrive. Reports a slow statement once. */
function watchSilence(
  connection: Connection,
  name: string,
  { silenceMs, probeBackend, loseAll, log }: StatementRules,
): () => void {
  const started = performance.now();
  let read = connection.bytesRead();
  let reported = false;
  /**
   * Whether the server has already reported once that it sent the response. The response may still be in transit, so
   * the server is asked twice.
   */
  let doubtful = false;
  let timer = setTimeout(() => void check(), silenceMs);
  let stopped = false;

  async function check(): Promise<void> {
    const before = read;
    read = connection.bytesRead();
    if (read === before) await ask();
    else doubtful = false;
    if (!stopped) timer = setTimeout(() => void check(), silenceMs);
  }

  async function ask(): Promise<void> {
    try {
      const activity = await probeBackend();
      if (stopped) return;
      if (activity === 'done') {
        if (doubtful) connection.sever(noAnswer(2 * silenceMs, ', and the server has nothing to send'));
        doubtful = true;
        return;
      }
      doubtful = false;
      if (!reported) report(activity);
    } catch (error) {
      if (stopped) return;
      const reason = noAnswer(silenceMs, `, and connecting again failed: ${reasonOf(error)}`);
      connection.sever(reason);
      loseAll(reason);
    }
  }

  function report(activity: Activity): void {
    reported = true;
    const seconds = Math.round((performance.now() - started) / 1000);
    const why = activity === 'locked out' ? ', which is waiting for a lock that another session holds' : '';
    log?.warn(`still waiting for the database after ${seconds} s: ${name}${why}`, {
      statement: name,
      seconds,
    });
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** The first word of a statement: enough to recognize the statement, and never a secret. */
export function statementName(sql: string): string {
  return /^\s*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? 'a statement';
}
