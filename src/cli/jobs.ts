import { randomUUID } from 'node:crypto';

import { performJob, type JobEvent } from '../app/jobs/perform.ts';
import { logJobs } from '../app/jobs/log-jobs.ts';
import { makeReady } from '../app/jobs/make-ready.ts';
import { configsOf } from '../app/jobs/configs.ts';
import type { ReachedFolder } from '../app/jobs/reach-folder.ts';
import { reachJobs, type ReachedJobs } from '../app/jobs/reach-jobs.ts';
import { findJob, readJobs, type Job } from '../config/jobs.ts';
import type { JobReport, JobTry } from '../core/job.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { openContext, type CommandContext, type Outcome } from './context.ts';
import { integerOption } from './options.ts';
import { printJson, printLine, printNote, printTable } from './print.ts';
import { inFolderToRead } from './read-folder.ts';
import { createProgress } from './progress.ts';
import { example, tellError, type Register } from './command.ts';
import { typeable } from './self.ts';
import type { JobRunDocument } from '../output/jobs.ts';

const DEFAULT_LIMIT = 20;

export const registerJobs: Register = (program, streams, act) => {
  const command = program
    .command('jobs')
    .description('list the jobs that serve runs: schedule, next run, last result')
    .addHelpText('after', example('jobs', 'jobs run NAME', 'jobs history NAME'))
    .action(async (_options, own) => {
      const context = await openContext(streams, own, { all: true });
      const { jobs, reached } = await reach(context);
      if (!jobs.every(({ from }) => from === 'sandbox')) await inFolderToRead(context, 'jobs');
      const named = new Set(context.all.map(({ config }) => config.source.name));
      const reports = (await reached.list()).filter(({ source }) => named.has(source));
      if (context.json) printJson(context, reports);
      else printJobs(context, reports);
    });
  command
    .command('run')
    .description('run a job now: by a serve that is running, else in this process')
    .argument('<name>', 'its name')
    .addHelpText('after', example('jobs run NAME'))
    .action(async (name: string, _options, own) => {
      const context = await openContext(streams, own, { all: true });
      act(await runNow(context, name));
    });
  for (const word of ['enable', 'disable'] as const) {
    command
      .command(word)
      .description(
        word === 'enable'
          ? 'let a job run by itself, whatever the configuration says'
          : 'keep a job from running by itself, until it is enabled again',
      )
      .argument('<name>', 'its name')
      .addHelpText('after', example(`jobs ${word} NAME`))
      .action(async (name: string, _options, own) => {
        const context = await openContext(streams, own, { all: true });
        const { reached } = await reach(context);
        const home = await reached.home(name);
        const report = await home.enable(name, word === 'enable');
        if (context.json) printJson(context, report);
        else
          printLine(
            context,
            `Job ${report.name} is ${word}d${report.next_run === null ? '' : `; next run ${report.next_run}`}`,
          );
      });
  }
  command
    .command('history <name>')
    .description('list the runs of a job, newest first')
    .option('--limit <n>', 'how many', integerOption, DEFAULT_LIMIT)
    .addHelpText('after', example('jobs history NAME'))
    .action(async (name: string, { limit }: { readonly limit: number }, own) => {
      const context = await openContext(streams, own, { all: true });
      const { jobs, reached } = await reach(context);
      const job = jobs.find((one) => one.name === name);
      if (job?.from !== 'sandbox') await inFolderToRead(context, `jobs history ${shellQuote(name)}`);
      const tries = await reached.history(name, limit);
      if (context.json) printJson(context, tries);
      else printTries(context, name, tries);
    });
};

async function reach(
  context: CommandContext,
): Promise<{ readonly jobs: readonly Job[]; readonly reached: ReachedJobs }> {
  const { whole } = context.loaded;
  const jobs = await readJobs(whole);
  return { jobs, reached: await reachJobs(whole, jobs, context) };
}

async function runNow(context: CommandContext, name: string): Promise<Outcome> {
  const { jobs, reached } = await reach(context);
  const home = await reached.home(name);
  const { id, unserved } = await home.run(name);
  const report = (await home.list()).find((one) => one.name === name);
  const { enabled = true, state = 'idle' } = report ?? {};
  if (!enabled) printNote(context, `Job ${name} is disabled: it runs this once, and not by itself`);
  if (unserved) return runHere(context, findJob(jobs, name), home, enabled);
  if (context.json)
    printRun(context, { job: name, job_id: id, queued: id !== null, state, enabled, end: null });
  else {
    const told =
      id === null
        ? `Job ${name} is ${IN_WORDS[state]} already. To see it: spacex-pipeline jobs`
        : `Queued job ${name} as ${id}. To follow it: spacex-pipeline jobs history ${name}`;
    printLine(context, typeable(told, context.cwd, context.given));
  }
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
  const progress = createProgress(context);
  const tell = logJobs(log);
  let ended: Extract<JobEvent, { readonly type: 'job.ended' }> | null = null;
  await performJob(
    { ...job, retries: { ...job.retries, limit: 0 } },
    { id, trigger: 'command', tick: null, signal },
    {
      ...context,
      whole,
      subscribers: [progress.update],
      entries: home.entries,
      onJob(event) {
        tell(event);
        if (event.type === 'job.ended') ended = event;
      },
    },
  ).finally(progress.end);
  const [last = null] = await home.history(job.name, 1);
  if (context.json)
    printRun(context, { job: job.name, job_id: id, queued: false, state: null, enabled, end: last });
  else if (last !== null) printTries(context, job.name, [last]);
  const error = (ended as Extract<JobEvent, { readonly type: 'job.ended' }> | null)?.error ?? null;
  if (error === null) return null;
  tellError(context, error, context.given);
  return error.code;
}

function printRun(context: CommandContext, run: JobRunDocument): void {
  printJson(context, run);
}

function printJobs(context: CommandContext, reports: readonly JobReport[]): void {
  printTable(
    context,
    ['job', 'source', 'schedule', 'enabled', 'next run', 'state', 'last result', 'at'],
    reports.map(({ enabled, last, name, next_run, schedule_words, source, state }) => [
      name,
      source,
      schedule_words,
      enabled,
      next_run ?? '',
      state,
      last?.status ?? '',
      last?.started_at ?? '',
    ]),
  );
}

function printTries(context: CommandContext, name: string, tries: readonly JobTry[]): void {
  if (tries.length === 0) {
    printLine(context, `Job ${name} has never run`);
    return;
  }
  printTable(
    context,
    ['started', 'status', 'trigger', 'try', 'run', 'next try', 'error'],
    tries.map(({ again_at, error, run_id, started_at, status, trigger, try: number }) => [
      started_at,
      status,
      trigger,
      number,
      run_id ?? '',
      again_at ?? '',
      error?.message ?? '',
    ]),
  );
}
