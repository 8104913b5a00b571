import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';

import type { ResourceProgress } from '../engine/resource-task.ts';
import type { CommandContext } from './context.ts';

export type Progress = {
  readonly update: (progress: ResourceProgress) => void;
  /** Leaves the last state on the screen. */
  readonly end: () => void;
};

const REDRAW_MS = 100;

/** Live lines per resource on a terminal; elsewhere nothing, the log tells. */
export function createProgress(context: CommandContext): Progress {
  if (!context.live) return { update: () => undefined, end: () => undefined };
  const { clock, stderr } = context;
  const terminal = stderr as unknown as NodeJS.WritableStream; // live says it is a terminal's stream
  const states = new Map<string, { readonly progress: ResourceProgress; readonly at: number }>();
  let drawn = 0;
  let drawnAt = 0;

  function erase(): void {
    if (drawn === 0) return;
    moveCursor(terminal, 0, -drawn);
    cursorTo(terminal, 0);
    clearScreenDown(terminal);
    drawn = 0;
  }

  function draw(): void {
    erase();
    const width = stderr.columns ?? 80;
    for (const { progress, at } of states.values()) {
      stderr.write(`${progressLine(progress, clock.elapsed() - at).slice(0, width - 1)}\n`);
    }
    drawn = states.size;
    drawnAt = clock.elapsed();
  }

  context.logVia((line) => {
    erase();
    stderr.write(line);
    draw();
  });
  const ticker = setInterval(draw, REDRAW_MS * 5);
  ticker.unref();
  return {
    update(progress) {
      const known = states.get(progress.resource);
      states.set(progress.resource, { progress, at: clock.elapsed() });
      if (known?.progress.step !== progress.step || clock.elapsed() - drawnAt >= REDRAW_MS) draw();
    },
    end() {
      clearInterval(ticker);
      draw();
      context.logVia((line) => void stderr.write(line));
    },
  };
}

function progressLine(progress: ResourceProgress, sinceMs: number): string {
  const { resource, step, received, errored } = progress;
  const running = step !== 'done' && step !== 'failed';
  const seconds = progress.seconds + (running ? sinceMs / 1000 : 0);
  const rate = seconds > 0 ? Math.round(received / seconds) : 0;
  const rejected = errored > 0 ? `, ${errored} errored` : '';
  return `${resource.padEnd(12)} ${step.padEnd(9)} ${received} records${rejected}, ${rate}/s, ${seconds.toFixed(1)} s`;
}
