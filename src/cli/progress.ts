import { clearLine, cursorTo, moveCursor } from 'node:readline';

import type { Subscriber } from '../core/events.ts';
import type { CommandContext } from './context.ts';
import { createProgressState } from './progress-state.ts';

export type Progress = {
  readonly update: Subscriber;
  /** Something begins that is no part of a run. */
  readonly begin: (phase: string) => void;
  /** Leaves nothing on the screen. */
  readonly end: () => void;
};

const REDRAW_MS = 100;
/** A phase that nothing is heard of still shows how long it takes. */
const TICK_MS = 250;

/** On a terminal, a line for each resource and one for the run, drawn anew; elsewhere nothing: the log reports. */
export function createProgress(
  context: Pick<CommandContext, 'live' | 'clock' | 'stderr' | 'logVia'>,
): Progress {
  const nothing = (): void => undefined;
  if (!context.live) return { update: nothing, begin: nothing, end: nothing };
  const { clock, stderr } = context;
  const terminal = stderr as unknown as NodeJS.WritableStream; // live says it is a terminal's stream
  const state = createProgressState(clock);
  let drawn = 0;
  let drawnAt = -Infinity;

  /** Line by line: tmux takes a screen that is cleared at once for one to keep among what scrolled away. */
  function erase(): void {
    if (drawn > 0) cursorTo(terminal, 0);
    for (; drawn > 0; drawn--) {
      moveCursor(terminal, 0, -1);
      clearLine(terminal, 0);
    }
  }

  /** No more lines than there is room for: what scrolls away can be erased no more. */
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
