import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

import { errorCode } from './error-code.ts';

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
    const npm = above(link);
    const timer = setInterval(() => {
      const now = above(link);
      if (now === null || now === npm) return;
      clearInterval(timer);
      stop();
    }, POLL_MS);
    timer.unref();
  }
}

/** The parent and, where the system says it, the parent's own, as npm may put a shell between; null if it cannot be read now. */
function above({ ppid }: ParentLink): string | null {
  try {
    const [, next] = /\) \S+ (\d+) /.exec(readFileSync(`/proc/${ppid}/stat`, 'utf8')) ?? [];
    return `${ppid} ${next}`;
  } catch (error) {
    // Too many open files say nothing about the parent.
    if (['EMFILE', 'ENFILE'].includes(errorCode(error) ?? '')) return null;
    return String(ppid);
  }
}
