import type { EventEmitter } from 'node:events';

/** The part of `process` that tells of the IPC channel to a parent. */
export type ParentLink = Pick<EventEmitter, 'once'> & {
  /** Absent without a parent that opened a channel, false once that channel is closed. */
  readonly connected?: boolean;
  readonly channel?: { unref(): void } | null | undefined;
};

/** Calls `stop` once when the parent that opened an IPC channel is gone. The channel keeps nobody alive. */
export function stopWithParent(stop: () => void, link: ParentLink = process): void {
  if (link.channel) {
    link.once('disconnect', stop);
    link.channel.unref();
  } else if (link.connected === false) {
    stop(); // the parent died while this process was starting
  }
}
