import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { shellQuote } from '../src/lib/shell-quote.ts';
import { screenOf, type Screen } from './terminal-screen.ts';
import { screenPicture } from './screen-picture.ts';

/**
 * `npm run transcripts`: saves pictures of what people see in terminals of two sizes to docs/transcripts/. Needs
 * `script` from util-linux, which runs each command in a terminal.
 */
const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'docs', 'transcripts');
const SIZES = [
  [80, 24],
  [120, 40],
] as const;

type Scene = {
  readonly name: string;
  /** Run one after another, starting in an empty folder. */
  readonly commands: readonly string[];
  /** Also takes a picture when the screen first matches this pattern. */
  readonly during?: RegExp;
  /** Faults in the stand-in API at $API. */
  readonly faults?: string;
  /** Whether the API is offline, so that only a copy of its records is available. */
  readonly archived?: boolean;
};

const SCENES: readonly Scene[] = [
  {
    name: 'first-run',
    commands: ['spacex-pipeline', 'spacex-pipeline run', 'spacex-pipeline'],
    during: /publishing/,
    archived: true,
  },
  {
    name: 'offline',
    commands: ['spacex-pipeline run --or-sandbox', 'spacex-pipeline tables | head -20'],
  },
  {
    name: 'rejects',
    faults: 'bad=0.03@launches',
    commands: [
      'spacex-pipeline run --from $API',
      'spacex-pipeline rejects list --status open --limit 3',
      'spacex-pipeline checks | tail -4',
    ],
  },
  {
    name: 'failure',
    faults: 'status=503@launchesx5',
    commands: [
      'spacex-pipeline run --from $API',
      'spacex-pipeline runs show',
      'spacex-pipeline run --from $API',
      'spacex-pipeline runs',
    ],
  },
  {
    name: 'typos',
    commands: [
      'spacex-pipeline run --from $API --resources rockets --quiet',
      'spacex-pipeline query "SELECT nme FROM rockets"',
      'spacex-pipeline query "SELEC name FROM rockets"',
      'spacex-pipeline run --resources rocket',
      'spacex-pipeline statsu',
    ],
  },
];

mkdirSync(OUT, { recursive: true });
for (const scene of SCENES)
  for (const [columns, rows] of SIZES) {
    const { during, end } = await play(scene, columns, rows);
    const name = join(OUT, `${scene.name}-${columns}x${rows}`);
    writeFileSync(`${name}.svg`, screenPicture(end, columns));
    if (during !== null) writeFileSync(`${name}-during.svg`, screenPicture(during, columns));
  }

async function play(
  { archived = false, commands, during, faults }: Scene,
  columns: number,
  rows: number,
): Promise<{ readonly end: Screen; readonly during: Screen | null }> {
  const api = await standIn(faults);
  const folder = mkdtempSync(join(tmpdir(), 'transcript-'));
  const bin = mkdtempSync(join(tmpdir(), 'transcript-bin-'));
  symlinkSync(join(ROOT, 'bin', 'spacex-pipeline'), join(bin, 'spacex-pipeline'));
  const lines = commands.map(
    (command) => `printf '\\033[1m$ %s\\033[0m\\n' ${shellQuote(command)}; ${command}`,
  );
  const offline = join(ROOT, 'test', 'support', 'offline.ts');
  const child = spawn(
    'script',
    ['-qec', `stty cols ${columns} rows ${rows}; ${lines.join('; ')}; true`, '/dev/null'],
    {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${bin}:${process.env['PATH']}`,
        TERM: 'xterm-256color',
        NODE_OPTIONS: `--import=${offline}`,
        PAGER: 'cat',
        API: api.url,
        ...(archived
          ? {
              SPACEX_PIPELINE_ARCHIVE_URL: api.archive_url,
              SPACEX_PIPELINE_RECORDINGS_URL: api.recordings_url,
            }
          : {}),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const screen = screenOf(columns, rows);
  let middle: Screen | null = null;
  for await (const chunk of child.stdout) {
    await screen.write(String(chunk));
    if (middle === null && during !== undefined && during.test(screen.text())) middle = screen.read();
  }
  if (child.exitCode === null) await once(child, 'close');
  api.close();
  for (const made of [folder, bin]) rmSync(made, { recursive: true });
  return { end: screen.read(), during: middle };
}

type StandIn = { readonly url: string; readonly archive_url: string; readonly recordings_url: string };

async function standIn(faults: string | undefined): Promise<StandIn & { readonly close: () => void }> {
  const flags = faults === undefined ? [] : ['--faults', faults];
  const child = spawn(join(ROOT, 'bin', 'spacex-pipeline'), ['sandbox', '--wayback', '--json', ...flags]);
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n}\n')) break;
  }
  return { ...(JSON.parse(text) as StandIn), close: () => void child.kill() };
}
