import { clearLine, cursorTo, moveCursor } from 'node:readline';

import type { Subscriber } from '../core/events.ts';
import type { CommandContext } from './context.ts';
import { createProgressState } from './progress-state.ts';

export type Progress = {
  readonly update: Subscriber;
  /** Begins a phase that is not part of a run. */
  readonly begin: (phase: string) => void;
  /** Erases the display. */
  readonly end: () => void;
};

/** Shows the progress of the work, and erases the display when the work ends, even if it fails. */
export async function withProgress<T>(
  context: CommandContext,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = createProgress(context);
  return work(progress).finally(progress.end);
}

const REDRAW_MS = 100;
/** Redraws at this interval even without events, to update the durations. */
const TICK_MS = 250;

/**
 * On a terminal, redraws one line for each resource and one for the run. Elsewhere it does nothing, because the log
 * reports the progress.
 */
export function createProgress(
  context: Pick<CommandContext, 'live' | 'clock' | 'stderr' | 'logVia'>,
): Progress {
  const nothing = (): void => undefined;
  if (!context.live) return { update: nothing, begin: nothing, end: nothing };
  const { clock, stderr } = context;
  const terminal = stderr as unknown as NodeJS.WritableStream; // if `live` is true, the stream is a terminal
  const state = createProgressState(clock);
  let drawn = 0;
  let drawnAt = -Infinity;

  /** Erases line by line, because tmux saves a screen that is cleared all at once to its scrollback. */
  function erase(): void {
    if (drawn > 0) cursorTo(terminal, 0);
    for (; drawn > 0; drawn--) {
      moveCursor(terminal, 0, -1);
      clearLine(terminal, 0);
    }
  }

  /** Draws only as many lines as fit, because a line that has scrolled off the screen cannot be erased. */
  function draw(): void {
    erase();
    const width = stderr.columns || 80;
    const lines = state.lines(Math.max(1, (stderr.rows || 24) - 1));
    for (const line of lines) stderr.write(`${line.slice(0, width - 1)}\n`);
    drawn = lines.length;
    drawnAt = clock.elapsed();
  }

  context.logVia((line) => {
    erase();
    stderr.write(line);
    draw();
  });
  const ticker = setInterval(draw, TICK_MS);
  ticker.unref();
  return {
    update(event) {
      if (state.take(event) || clock.elapsed() - drawnAt >= REDRAW_MS) draw();
    },
    begin(phase) {
      state.begin(phase);
      draw();
    },
    end() {
      clearInterval(ticker);
      erase();
      context.logVia((line) => void stderr.write(line));
    },
  };
}
