import { randomUUID } from 'node:crypto';

import type { Command } from 'commander';

import { performJob, type JobEvent } from '../app/jobs/perform.ts';
import { logJobs } from '../app/log-events.ts';
import { makeReady } from '../app/jobs/make-ready.ts';
import { configsOf } from '../app/jobs/folders.ts';
import type { ReachedFolder } from '../app/jobs/reach-folder.ts';
import { reachJobs, type ReachedJobs } from '../app/jobs/reach-jobs.ts';
import { findJob, readJobs, type Job } from '../config/jobs.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { JobReport, JobTry } from '../core/job.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { openContext, type CommandContext, type CommandStreams, type Outcome } from './context.ts';
import { integerOption } from './options.ts';
import { printHint, printItems, printLine, printNote, printResult } from './print.ts';
import { inFolderToRead } from './read-folder.ts';
import { withProgress } from './progress.ts';
import { example, printFailure, type Register } from './command.ts';
import type { JobRunDocument } from '../output/jobs.ts';

export const register: Register = (program, streams, setOutcome) => {
  const command = program
    .command('jobs')
    .description(
      'list the jobs that the serve command runs, with their schedules, next runs and last results',
    )
    .addHelpText('after', example('jobs', 'jobs run NAME', 'jobs history NAME'))
    .action(async (_options, own) => {
      const { context, jobs, reached } = await openJobs(streams, own);
      if (!jobs.every(({ from }) => from === 'sandbox')) await inFolderToRead(context, 'jobs');
      const named = new Set(context.all.map(({ config }) => config.source.name));
      const reports = (await reached.list()).filter(({ source }) => named.has(source));
      printResult(context, reports, printJobs);
    });
  command
    .command('run')
    .description('run a job now: in the serve process if one is running, otherwise in this process')
    .argument('<name>', 'its name')
    .addHelpText('after', example('jobs run NAME'))
    .action(async (name: string, _options, own) => {
      setOutcome(await runNow(await openJobs(streams, own), name));
    });
  for (const word of ['enable', 'disable'] as const) {
    command
      .command(word)
      .description(
        word === 'enable'
          ? 'enable a job: run it on its schedule, regardless of the configuration'
          : 'disable a job: do not run it on its schedule until it is enabled again',
      )
      .argument('<name>', 'its name')
      .addHelpText('after', example(`jobs ${word} NAME`))
      .action(async (name: string, _options, own) => {
        const { context, reached } = await openJobs(streams, own);
        const home = await reached.home(name);
        const report = await home.enable(name, word === 'enable');
        const next = report.next_run === null ? '' : `; next run ${report.next_run}`;
        printResult(context, report, () => printLine(context, `Job ${report.name} is ${word}d${next}`));
      });
  }
  command
    .command('history <name>')
    .description('list the runs of a job, newest first')
    .option('--limit <n>', 'the maximum number of runs', integerOption, 20)
    .addHelpText('after', example('jobs history NAME'))
    .action(async (name: string, { limit }: { readonly limit: number }, own) => {
      const { context, jobs, reached } = await openJobs(streams, own);
      const job = jobs.find((one) => one.name === name);
      if (job?.from !== 'sandbox') await inFolderToRead(context, `jobs history ${shellQuote(name)}`);
      const tries = await reached.history(name, limit);
      printResult(context, tries, () => printTries(context, name, tries));
    });
};

type OpenJobs = {
  readonly context: CommandContext;
  readonly jobs: readonly Job[];
  readonly reached: ReachedJobs;
};

async function openJobs(streams: CommandStreams, command: Command): Promise<OpenJobs> {
  const context = await openContext(streams, command, { all: true });
  const { whole } = context.loaded;
  const jobs = await readJobs(whole);
  return { context, jobs, reached: await reachJobs(whole, jobs, context) };
}

async function runNow({ context, jobs, reached }: OpenJobs, name: string): Promise<Outcome> {
  const home = await reached.home(name);
  const { id, unserved } = await home.run(name);
  const report = (await home.list()).find((one) => one.name === name);
  const { enabled = true, state = 'idle' } = report ?? {};
  if (!enabled) printNote(context, `Job ${name} is disabled: it runs now, but not on its schedule`);
  if (unserved) return runHere(context, findJob(jobs, name), home, enabled);
  const queued: JobRunDocument = { job: name, job_id: id, queued: id !== null, state, enabled, end: null };
  printResult(context, queued, () =>
    printHint(
      context,
      id === null
        ? `Job ${name} is already ${IN_WORDS[state]}. To see it: spacex-pipeline jobs`
        : `Queued job ${name} as ${id}. To follow it: spacex-pipeline jobs history ${name}`,
    ),
  );
  return null;
}

const IN_WORDS = { idle: 'in the queue', waiting: 'waiting in the queue', running: 'running' } as const;

/** Runs the job in this process, because no `serve` is running. */
async function runHere(
  context: CommandContext,
  job: Job,
  home: ReachedFolder,
  enabled: boolean,
): Promise<Outcome> {
  const { log, signal } = context;
  const { whole } = context.loaded;
  const id = randomUUID();
  await makeReady(configsOf(whole, [job]), whole.config.database.url === null, context);
  const logJob = logJobs(log);
  let error: ErrorReport | null = null;
  const onJob = (event: JobEvent): void => {
    logJob(event);
    if (event.type === 'job.ended') error = event.error;
  };
  await withProgress(context, ({ update }) =>
    performJob(
      { ...job, retries: { ...job.retries, limit: 0 } },
      { id, trigger: 'command', tick: null, signal },
      { ...context, whole, subscribers: [update], entries: home.entries, onJob },
    ),
  );
  const [last = null] = await home.history(job.name, 1);
  const run: JobRunDocument = { job: job.name, job_id: id, queued: false, state: null, enabled, end: last };
  printResult(context, run, () => {
    if (last !== null) printTries(context, job.name, [last]);
  });
  return printFailure(context, error);
}

function printJobs(context: CommandContext, reports: readonly JobReport[]): void {
  printItems(context, reports, {
    job: (job) => job.name,
    source: (job) => job.source,
    schedule: (job) => job.schedule_words,
    enabled: (job) => job.enabled,
    'next run': (job) => job.next_run,
    state: (job) => job.state,
    'last result': (job) => job.last?.status,
    at: (job) => job.last?.started_at,
  });
}

function printTries(context: CommandContext, name: string, tries: readonly JobTry[]): void {
  if (tries.length === 0) {
    printLine(context, `Job ${name} has never run`);
    return;
  }
  printItems(context, tries, {
    started: (one) => one.started_at,
    status: (one) => one.status,
    trigger: (one) => one.trigger,
    try: (one) => one.try,
    run: (one) => one.run_id,
    'next attempt': (one) => one.again_at,
    error: (one) => one.error?.message,
  });
}
