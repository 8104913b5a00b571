import { clearLine, cursorTo, moveCursor } from 'node:readline';

import type { RunEvent, Subscriber } from '../core/events.ts';
import type { CommandContext } from './context.ts';

export type Progress = {
  readonly update: Subscriber;
  /** Leaves the last state on the screen. */
  readonly end: () => void;
};

const REDRAW_MS = 100;

/** Live lines per resource on a terminal; elsewhere nothing, the log tells. */
export function createProgress(
  context: Pick<CommandContext, 'live' | 'clock' | 'stderr' | 'logVia'>,
): Progress {
  if (!context.live) return { update: () => undefined, end: () => undefined };
  const { clock, stderr } = context;
  const terminal = stderr as unknown as NodeJS.WritableStream; // live says it is a terminal's stream
  const states = new Map<string, { readonly progress: Shown; readonly at: number }>();
  let drawn = 0;
  let drawnAt = 0;

  /** Line by line: tmux takes a screen that is cleared at once for one to keep among what scrolled away. */
  function erase(): void {
    if (drawn > 0) cursorTo(terminal, 0);
    for (; drawn > 0; drawn--) {
      moveCursor(terminal, 0, -1);
      clearLine(terminal, 0);
    }
  }

  /** No more lines than there is room for, those at work first: what scrolls away can be erased no more. */
  function draw(room = Math.max(1, (stderr.rows || 24) - 1)): void {
    erase();
    const width = stderr.columns || 80;
    const shown = [...states.values()];
    if (shown.length > room) shown.sort((a, b) => Number(isOver(a.progress)) - Number(isOver(b.progress)));
    for (const { progress, at } of shown.slice(0, room)) {
      stderr.write(`${progressLine(progress, clock.elapsed() - at).slice(0, width - 1)}\n`);
    }
    drawn = Math.min(shown.length, room);
    drawnAt = clock.elapsed();
  }

  context.logVia((line) => {
    erase();
    stderr.write(line);
    draw();
  });
  const ticker = setInterval(() => draw(), REDRAW_MS * 5);
  ticker.unref();
  return {
    update(event) {
      if (event.type !== 'records' && event.type !== 'resource.ended') return;
      const known = states.get(event.resource);
      states.set(event.resource, { progress: event, at: clock.elapsed() });
      if (
        known === undefined ||
        stateOf(known.progress) !== stateOf(event) ||
        clock.elapsed() - drawnAt >= REDRAW_MS
      )
        draw();
    },
    end() {
      clearInterval(ticker);
      draw(Infinity);
      context.logVia((line) => void stderr.write(line));
    },
  };
}

type Shown = Extract<RunEvent, { type: 'records' | 'resource.ended' }>;

function isOver({ type }: Shown): boolean {
  return type === 'resource.ended';
}

function stateOf(shown: Shown): string {
  if (shown.type === 'records') return shown.step;
  return shown.status === 'succeeded' ? 'done' : shown.status;
}

function progressLine(progress: Shown, sinceMs: number): string {
  const { resource, received, errored } = progress;
  const seconds = progress.seconds + (isOver(progress) ? 0 : sinceMs / 1000);
  const rate = seconds > 0 ? Math.round(received / seconds) : 0;
  const rejected = errored > 0 ? `, ${errored} errored` : '';
  return `${resource.padEnd(12)} ${stateOf(progress).padEnd(9)} ${received} records${rejected}, ${rate}/s, ${seconds.toFixed(1)} s`;
}
