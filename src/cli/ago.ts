import { formatDuration } from '../core/duration.ts';
import type { CommandContext } from './context.ts';

/** How long ago a time was, such as `3 min 20 s ago`; null if there is no time. */
export function ago({ clock }: Pick<CommandContext, 'clock'>, time: string | null): string | null {
  return time === null ? null : `${formatDuration((clock.now() - Date.parse(time)) / 1000)} ago`;
}
