import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

import { errorCode } from './error-code.ts';

/** The part of `process` that describes the parent and the IPC channel to it. */
export type ParentLink = Pick<EventEmitter, 'once'> & {
  readonly ppid: number;
  /** Undefined if no parent opened a channel; false once the channel is closed. */
  readonly connected?: boolean;
  readonly channel?: { unref(): void } | null | undefined;
};

/** How often to check whether the parent is still there. */
const POLL_MS = 500;

/**
 * Calls `stop` once when a parent that opened an IPC channel exits. If there is no channel but npm started this
 * process, watches npm instead, because npx exits on SIGTERM without stopping its child. Does not watch any other
 * parent, because a shell may exit and leave its commands running on purpose. The watch does not keep this process
 * alive.
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

/**
 * The process ids of the parent and, if the system reports it, the grandparent, because npm may start a shell in
 * between. Null if they cannot be read at the moment.
 */
function above({ ppid }: ParentLink): string | null {
  try {
    const [, next] = /\) \S+ (\d+) /.exec(readFileSync(`/proc/${ppid}/stat`, 'utf8')) ?? [];
    return `${ppid} ${next}`;
  } catch (error) {
    // This error means too many open files and says nothing about the parent.
    if (['EMFILE', 'ENFILE'].includes(errorCode(error) ?? '')) return null;
    return String(ppid);
  }
}
