import type { EventEmitter } from 'node:events';

/** The part of `process` that tells of the IPC channel to a parent. */
export type ParentLink = Pick<EventEmitter, 'once'> & {
  readonly ppid: number;
  /** Absent without a parent that opened a channel, false once that channel is closed. */
  readonly connected?: boolean;
  readonly channel?: { unref(): void } | null | undefined;
};

/** How often the system is asked whether the parent is still there. */
const POLL_MS = 500;

/**
 * Calls `stop` once when the parent that opened an IPC channel is gone, or when npm is that started this process: on
 * SIGTERM, npx ends alone. No other parent is watched, as a shell may go and leave its commands on purpose. None of it
 * keeps anybody alive.
 */
export function stopWithParent(
  stop: () => void,
  options: { readonly startedByNpm: boolean; readonly link?: ParentLink },
): void {
  const { link = process, startedByNpm } = options;
  if (link.channel) {
    link.once('disconnect', stop);
    link.channel.unref();
  } else if (link.connected === false) {
    stop(); // the parent died while this process was starting
  } else if (startedByNpm) {
    const npm = link.ppid;
    const timer = setInterval(() => {
      if (link.ppid === npm) return;
      clearInterval(timer);
      stop();
    }, POLL_MS);
    timer.unref();
  }
}
