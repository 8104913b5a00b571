import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';

import { parseAllDocuments } from 'yaml';

import { outline } from '../../src/cli/outline.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { cronFault } from '../../src/config/cron.ts';
import { readJobs } from '../../src/config/jobs.ts';
import { jobSchema } from '../../src/config/job-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isObjectSchema } from '../../src/config/schema.ts';
import { valueAt } from '../../src/config/keys.ts';
import type { Schema } from '../../src/core/schema.ts';
import type { JobReport } from '../../src/core/job.ts';
import { cliEnvironment, LAUNCHER, REPOSITORY } from '../support/cli.ts';
import { blocksOf, readPage } from '../support/markdown.ts';
import { commandsIn, faultOf } from '../support/page-commands.ts';
import { readRules } from '../support/ops.ts';
import { findFreePort } from '../support/postgres.ts';
import { createWorkspace, QUICK_SOURCE, readText } from '../support/workspace.ts';

const PAGE = readPage('docs', 'operate.md');
const BLOCKS = blocksOf(PAGE);

function textsOf(language: string): readonly string[] {
  return BLOCKS.filter((block) => block.language === language).map(({ text }) => text);
}

/** Runs a program, and fails if it prints anything, even a warning. */
function run(program: string, args: readonly string[], input = ''): void {
  const { status, stderr, stdout } = spawnSync(program, args, { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', ''], input);
}

function without(program: string): string | false {
  return spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`;
}

void describe('the runbook', () => {
  const anchored = [...PAGE.matchAll(/^### `(\w+)` <a id="(alert-[\w-]+)"><\/a>$/gm)].map(
    ([, alert, anchor]) => ({
      alert,
      anchor,
    }),
  );

  void it('has exactly one entry for each alert, at the anchor to which the alert links', () => {
    const rules = readRules('alerts.yml').map(({ alert, annotations }) => ({
      alert,
      anchor: annotations?.['runbook_url']?.replace('docs/operate.md#', ''),
    }));
    assert.deepEqual(anchored, rules);
    assert.equal(PAGE.split('<a id="alert-').length - 1, rules.length);
  });

  void it('explains for each alert what it means, what to type, how to fix it and when it ends', () => {
    const entries = PAGE.split(/^### (?=`)/m).slice(1);
    assert.equal(entries.length, anchored.length);
    for (const entry of entries)
      assert.deepEqual(
        [...entry.matchAll(/^- \*\*(\w+)\*\*/gm)].map(([, word]) => word),
        ['Means', 'Type', 'Fix', 'Ends'],
        entry,
      );
  });
});

function cronLines(): readonly string[] {
  const lines = textsOf('cron').flatMap((text) => text.trim().split('\n'));
  return lines.filter((line) => !/^\w+=/.test(line));
}

void describe('docs/operate.md', () => {
  void it('contains valid YAML', () => {
    for (const text of textsOf('yaml'))
      for (const document of parseAllDocuments(text))
        assert.deepEqual([document.errors, document.warnings], [[], []], text);
  });

  void it('contains valid shell commands, including commands in workflows and cron lines', () => {
    const steps = textsOf('yaml').flatMap((text) =>
      [...text.matchAll(/^ *- run: (.+)$/gm)].map(([, step = '']) => step),
    );
    assert.ok(steps.length > 0);
    for (const text of [...textsOf('sh'), ...steps]) run('bash', ['-n'], text);
    const entries = cronLines();
    assert.equal(entries.length, 2);
    for (const line of entries) {
      const [, schedule = '', command = ''] = /^((?:\S+ ){4}\S+) \S+ (.+)$/.exec(line) ?? [];
      assert.equal(cronFault(schedule), null);
      assert.doesNotMatch(command, /%/);
      run('/bin/sh', ['-n'], command);
    }
  });

  void it('contains cron entries that send mail about failed and missed runs', async (t) => {
    const workspace = createWorkspace({
      source: { ...QUICK_SOURCE, maxAttempts: 1, baseUrl: `http://127.0.0.1:${await findFreePort()}` },
    });
    t.after(() => workspace.remove());
    const { folder } = workspace;
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(LAUNCHER, path.join(bin, 'spacex-pipeline'));
    writeFileSync(path.join(bin, 'mail'), `#!/bin/sh\n{ echo "$2 to $3"; cat; } > ${folder}/mail.txt\n`, {
      mode: 0o755,
    });
    const PATH = [bin, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter);
    const env = cliEnvironment({ PATH, CONFIG: path.join(folder, 'spacex-pipeline.config.json') });
    const places = /\/var\/lib\/(?:spacex-pipeline|node_exporter\/textfile)/g;
    const mails = cronLines().map((line) => {
      const command = line.split(' ').slice(6).join(' ').replaceAll(places, folder);
      spawnSync('/bin/sh', ['-c', command], { cwd: folder, env });
      return readText(folder, 'mail.txt');
    });
    const [failed = '', silent = ''] = mails;
    assert.match(failed, /^spacex-pipeline failed: source to ops@example\.com\n\{/m);
    assert.match(silent, /needs attention to ops@example\.com\n[^]*Last success: +never/);
    assert.match(readText(folder, 'spacex.prom'), /^spacex_pipeline_/m);
    const log = readText(folder, 'run.log').trim().split('\n');
    for (const entry of log) JSON.parse(entry);
  });

  void it('contains units that systemd accepts', { skip: without('systemd-analyze') }, (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'test-units-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const names = [...PAGE.matchAll(/`\/etc\/systemd\/system\/([\w.-]+)`/g)].map(([, name = '']) => name);
    const units = textsOf('ini');
    assert.equal(names.length, units.length);
    const files = names.map((name) => path.join(folder, name));
    for (const [index, file] of files.entries())
      writeFileSync(file, (units[index] ?? '').replaceAll('/usr/local/bin/spacex-pipeline', LAUNCHER));
    run('systemd-analyze', ['verify', '--man=no', ...files]);
  });

  void it('contains valid Python', { skip: without('python3') }, () => {
    const texts = textsOf('python');
    assert.ok(texts.length > 0);
    for (const text of texts) run('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text);
  });

  void it('contains valid configurations', async (t) => {
    const workspace = createWorkspace(null);
    t.after(() => workspace.remove());
    const inShell = [...PAGE.matchAll(/<<'JSON'\n([^]*?)^JSON$/gm)].map(([, text = '']) => text);
    const inYaml = textsOf('yaml').flatMap((text) =>
      parseAllDocuments(text).flatMap((document) => {
        const file: unknown = document.getIn(['data', 'spacex-pipeline.config.json']);
        return typeof file === 'string' ? [file] : [];
      }),
    );
    assert.ok(inShell.length > 0 && inYaml.length > 0);
    for (const text of [...textsOf('json'), ...inShell, ...inYaml]) {
      const file = path.join(workspace.folder, 'one.json');
      writeFileSync(file, text);
      const jobs = await workspace.json<JobReport[]>(['jobs', '--config', file, '--data-dir', 'data']);
      assert.ok(jobs.length > 0);
    }
  });
});

void it('the table of job keys lists every key with its default', async () => {
  const [, table = ''] = /^\| key +\| default.*\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(PAGE) ?? [];
  const rows = table.matchAll(/^\| `([\w.]+)` +\| (.*?) +\|/gm);
  const listed = new Map([...rows].map(([, key = '', value = '']) => [key, value.replaceAll('`', '')]));
  assert.deepEqual([...listed.keys()], leavesOf(jobSchema()));
  const loaded = await loadConfig({ flags: {}, cwd: tmpdir(), env: { SPACEX_PIPELINE_JOBS: '{"one":{}}' } });
  const [job] = await readJobs(loaded);
  for (const [key, value] of listed) {
    // The page describes a default in words if it is configured elsewhere.
    const is: unknown = valueAt(job, key.split('.'));
    if (!/ /.test(value)) assert.equal(value, String(is), key);
  }
});

/** The page lists limits by kind, without their count and share. */
function leavesOf(schema: Schema, above = ''): readonly string[] {
  if (!isObjectSchema(schema) || /^limits\.\w/.test(above)) return [above.replace(/\.$/, '')];
  return Object.entries(schema.properties).flatMap(([name, one]) => leavesOf(one, `${above}${name}.`));
}

void it('the pages mention only commands and flags that the program has', async () => {
  const nowhere = { write: () => undefined };
  const streams = { stdout: nowhere, stderr: nowhere, cwd: '/', signal: new AbortController().signal };
  const commands = outline(await buildProgram(streams));
  // All pages except cli.md, which shows the syntax of commands rather than commands to type.
  const docs = readdirSync(path.join(REPOSITORY, 'docs')).filter(
    (name) => name.endsWith('.md') && name !== 'cli.md',
  );
  const faults = ['README.md', 'ops/README.md', ...docs.map((name) => `docs/${name}`)].flatMap((name) =>
    commandsIn(readPage(name)).flatMap((words) => {
      const fault = faultOf(words, commands);
      return fault === null ? [] : [`${name}: ${fault}`];
    }),
  );
  assert.deepEqual(faults, []);
  assert.ok(commandsIn(PAGE).length > 40);
});
