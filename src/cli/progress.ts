import { clearLine, cursorTo, moveCursor } from 'node:readline';

import { describePull } from '../core/describe-pull.ts';
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
  const show = createShow();
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
      const shown = show(event);
      if (shown === null) return;
      const known = states.get(shown.resource);
      states.set(shown.resource, { progress: shown, at: clock.elapsed() });
      if (
        known === undefined ||
        stateOf(known.progress) !== stateOf(shown) ||
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

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Shown = Of<'records' | 'resource.ended'> | Pulling;

/** A pull by changes: what it is about to do, then its pages. */
type Pulling = {
  readonly type: 'pull';
  readonly resource: string;
  readonly text: string;
  readonly pages: number;
  /** About how many there will be; null where nobody knows. */
  readonly all: number | null;
};

/** What an event shows of its resource; null for nothing. */
function createShow(): (event: RunEvent) => Shown | null {
  const pulls = new Map<string, Pulling>();
  const keep = (pull: Pulling): Pulling => {
    pulls.set(pull.resource, pull);
    return pull;
  };
  return (event) => {
    if (event.type === 'records' || event.type === 'resource.ended') return event;
    if (event.type === 'pull.started') {
      const { pages, requests, resource } = event;
      const all = requests === null ? null : pages + requests;
      return keep({ type: 'pull', resource, text: describePull(event), pages, all });
    }
    if (event.type !== 'pull.sized' && event.type !== 'page.stored') return null;
    const pull = pulls.get(event.resource);
    if (pull === undefined) return null;
    const pages = pull.pages + (event.type === 'page.stored' ? 1 : 0);
    const all = event.type === 'pull.sized' ? pages + event.requests : pull.all;
    const count = pages === 1 ? '1 page' : `${pages} pages`;
    return keep({ ...pull, pages, all, text: `pulling   ${count}${all === null ? '' : ` of about ${all}`}` });
  };
}

function isOver({ type }: Shown): boolean {
  return type === 'resource.ended';
}

function stateOf(shown: Shown): string {
  if (shown.type === 'pull') return shown.text;
  if (shown.type === 'records') return shown.step;
  return shown.status === 'succeeded' ? 'done' : shown.status;
}

function progressLine(progress: Shown, sinceMs: number): string {
  if (progress.type === 'pull') return `${progress.resource.padEnd(12)} ${progress.text}`;
  const { resource, received, errored } = progress;
  const seconds = progress.seconds + (isOver(progress) ? 0 : sinceMs / 1000);
  const rate = seconds > 0 ? Math.round(received / seconds) : 0;
  const rejected = errored > 0 ? `, ${errored} errored` : '';
  const waits =
    'retry_at' in progress && progress.retry_at !== null ? ` (can go on at ${progress.retry_at})` : '';
  return `${resource.padEnd(12)} ${stateOf(progress).padEnd(9)} ${received} records${rejected}, ${rate}/s, ${seconds.toFixed(1)} s${waits}`;
}
