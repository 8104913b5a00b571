import { describePull } from '../core/describe-pull.ts';
import type { RunEvent } from '../core/events.ts';
import type { Clock } from '../core/ports.ts';

/** The progress of a run, as lines on a terminal. */
export type ProgressState = {
  /** Begins a phase that is not part of a run. */
  readonly begin: (phase: string) => void;
  /** Returns true if the event should be shown immediately. */
  readonly take: (event: RunEvent) => boolean;
  /** At most `room` lines; the last one is about the run itself. */
  readonly lines: (room: number) => string[];
};

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** The progress of one resource. */
type Shown = {
  readonly state: string;
  readonly progress: 'waiting' | 'working' | 'ended';
  /** When the current state began. After the resource has ended, `seconds` is its total duration. */
  readonly since: number;
  readonly seconds: number | null;
  readonly received: number;
  readonly errored: number;
  /** Bytes of the pages stored in raw. */
  readonly stored: number;
  /** Bytes of the page being received. */
  readonly arriving: number;
  /** For an incremental pull, a description of it, and later the number of pages; '' for a snapshot. */
  readonly pull: string;
  readonly pages: number;
  /** The estimated number of pages; null if unknown. */
  readonly all: number | null;
  readonly retryAt: string | null;
};

const WORDS: Readonly<Record<Of<'records'>['step'], string>> = {
  extract: 'starting',
  validate: 'validating',
  transform: 'transforming',
  load: 'loading',
};

export function createProgressState(clock: Clock): ProgressState {
  const began = clock.elapsed();
  const shown = new Map<string, Shown>();
  let phase = 'starting';
  let phaseBegan = began;

  function enter(next: string): void {
    if (next === phase) return;
    phase = next;
    phaseBegan = clock.elapsed();
  }

  /** Returns true if the state has changed. */
  function change(resource: string, own: Partial<Shown>): boolean {
    const before = shown.get(resource) ?? { ...WAITING, since: clock.elapsed() };
    const isNew = own.state !== undefined && own.state !== before.state;
    shown.set(resource, { ...before, ...own, ...(isNew ? { since: clock.elapsed() } : {}) });
    return isNew;
  }

  function pages(resource: string, own: Partial<Shown>): boolean {
    const { all, pages: count, pull } = { ...(shown.get(resource) ?? WAITING), ...own };
    if (pull === '') return change(resource, own);
    const words = `${count === 1 ? '1 page' : `${count} pages`}${all === null ? '' : ` of about ${all}`}`;
    return change(resource, { ...own, pull: words, state: 'pulling' });
  }

  const takers: { readonly [T in RunEvent['type']]?: (event: Of<T>) => boolean } = {
    'run.started'({ resources }) {
      for (const name of resources) change(name, {});
      enter('pulling');
      return true;
    },
    'request.started': ({ resource }) => change(resource, { state: 'requesting', progress: 'working' }),
    'body.received': ({ bytes, resource }) => {
      const isFirst = shown.get(resource)?.state === 'requesting';
      return change(resource, { arriving: bytes, ...(isFirst ? { state: 'receiving' } : {}) });
    },
    'request.retried': ({ resource }) => change(resource, { state: 'retrying', arriving: 0 }),
    'pull.started': (event) => {
      const { pages: count, requests, resource } = event;
      const all = requests === null ? null : count + requests;
      return change(resource, { state: 'pulling', pull: describePull(event), pages: count, all });
    },
    'pull.sized': ({ requests, resource }) =>
      pages(resource, { all: (shown.get(resource)?.pages ?? 0) + requests }),
    'page.stored': ({ bytes, resource }) => {
      const { pages: count, stored } = shown.get(resource) ?? WAITING;
      return pages(resource, { pages: count + 1, stored: stored + bytes, arriving: 0 });
    },
    records: ({ errored, received, resource, step }) =>
      change(resource, { state: WORDS[step], progress: 'working', received, errored }),
    'resource.ended': ({ errored, received, resource, retry_at, seconds, status }) => {
      const state = status === 'succeeded' ? 'done' : status;
      return change(resource, { state, progress: 'ended', received, errored, seconds, retryAt: retry_at });
    },
    'publish.started'({ resources }) {
      enter(`publishing (0 of ${resources})`);
      return true;
    },
    'publish.merging'({ number, resource, resources }) {
      enter(`publishing (${number} of ${resources}: ${resource})`);
      return true;
    },
    'checks.started'() {
      enter('checking the data');
      return true;
    },
  };

  function overall(): string {
    const now = clock.elapsed();
    const all = [...shown.values()];
    const ended = all.filter(({ progress }) => progress === 'ended').length;
    const received = all.reduce((sum, one) => sum + one.received, 0);
    const bytes = all.reduce((sum, one) => sum + one.stored + one.arriving, 0);
    const what = phase === 'pulling' ? `pulled ${ended} of ${all.length}` : phase;
    return [
      what,
      ...(phase === 'pulling' ? [] : [inSeconds(now - phaseBegan)]),
      ...(received === 0 ? [] : [counted(received)]),
      ...(bytes === 0 ? [] : [inBytes(bytes)]),
      `${inSeconds(now - began)} total`,
    ].join(' · ');
  }

  return {
    begin: enter,
    take: (event) => (takers[event.type] as ((event: RunEvent) => boolean) | undefined)?.(event) ?? false,
    lines(room) {
      const rows = [...shown].map(([name, one]) => ({ name, one }));
      if (rows.length >= room) rows.sort((a, b) => RANK[a.one.progress] - RANK[b.one.progress]);
      const now = clock.elapsed();
      return [...rows.slice(0, room - 1).map(({ name, one }) => lineOf(name, one, now)), overall()];
    },
  };
}

const WAITING: Shown = {
  state: 'waiting',
  progress: 'waiting',
  since: 0,
  seconds: null,
  received: 0,
  errored: 0,
  stored: 0,
  arriving: 0,
  pull: '',
  pages: 0,
  all: null,
  retryAt: null,
};

/** Active resources are shown first. */
const RANK: Readonly<Record<Shown['progress'], number>> = { working: 0, waiting: 1, ended: 2 };

function lineOf(name: string, one: Shown, now: number): string {
  const { arriving, errored, pull, progress, received, retryAt, since, state, stored } = one;
  const start = `${name.padEnd(12)} ${state.padEnd(12)}`;
  if (progress === 'waiting' && pull === '') return start.trimEnd();
  const bytes = stored + arriving;
  const parts = [
    ...(pull === '' ? [] : [pull]),
    ...(received === 0 && progress !== 'ended' ? [] : [counted(received)]),
    ...(errored === 0 ? [] : [`${errored} rejected`]),
    ...(bytes === 0 ? [] : [inBytes(bytes)]),
    one.seconds === null ? inSeconds(now - since) : `${one.seconds.toFixed(1)} s`,
  ];
  return `${start} ${parts.join(', ')}${retryAt === null ? '' : ` (can continue at ${retryAt})`}`;
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function counted(records: number): string {
  return records === 1 ? '1 record' : `${records} records`;
}

function inBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
