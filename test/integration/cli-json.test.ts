import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { Ajv, type ValidateFunction } from 'ajv';

import { DOCUMENTS, type CommandDocument } from '../../src/output/documents.ts';
import { runCli as runInProcess } from '../../src/cli/program.ts';
import type { Schema } from '../../src/core/schema.ts';
import { LAUNCHES, sandboxReplies, startApi } from '../support/api.ts';
import { runCli } from '../support/cli.ts';
import { copyProgram } from '../support/copied-program.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { createTestServer, QUICK_SOURCE } from '../support/workspace.ts';

/** Compares actual `--json` output with the schemas from which docs/json.md is generated. */
const replies = await sandboxReplies({ launches: 60 });
const faulty = await sandboxReplies({ launches: 60, faults: 'bad=0.05@launches' });
const api = await startApi(replies);
const server = await createTestServer();
const workspace = server.workspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
after(async () => {
  await server.close();
  await api.close();
});

const proven = new Set<CommandDocument>();

/** Runs a command in this process and validates its document, which must not be empty. */
async function prove<T>(
  command: string,
  rest: readonly string[] = [],
  flag: string | null = null,
): Promise<T> {
  const document = DOCUMENTS.find(({ commands, flags }) => commands.includes(command) && flags === flag);
  assert.ok(document, `no schema for ${command}`);
  const printed: string[] = [];
  const told: string[] = [];
  const stopping = new AbortController();
  await runInProcess([...command.split(' '), ...rest, '--json'], {
    stdout: {
      write: (text) => {
        printed.push(text);
        if (/^sandbox|serve$/.test(command)) stopping.abort();
      },
    },
    stderr: { write: (text) => told.push(text) },
    cwd: workspace.folder,
    signal: stopping.signal,
  });
  assert.notEqual(printed.length, 0, told.join(''));
  return proveText(command, document, printed.join('')) as T;
}

function proveText(command: string, document: CommandDocument, text: string): unknown {
  const value: unknown = JSON.parse(text);
  assert.notDeepEqual(value, []);
  const validate = compile(document.schema);
  assert.ok(validate(value), `${command}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value)}`);
  proven.add(document);
  return value;
}

type Run = { readonly run_id: string; readonly run_dir: string };

void describe('--json prints documents that match their schemas', () => {
  void it('for runs and their results', async () => {
    await prove('migrate up');
    const first = await prove<Run>('run');
    await prove('verify');
    await workspace.sql(`UPDATE launches SET name = 'altered' WHERE flight_number < 5`);
    await prove('verify');
    await prove('plan');
    api.set(LAUNCHES, faulty[LAUNCHES]);
    const second = await prove<Run>('run', ['--full']);
    await prove('runs');
    await prove('runs show', [first.run_id]);
    await prove('checks', ['--all']);
    const body = String(replies[LAUNCHES].body);
    api.set(LAUNCHES, {
      body: body.replaceAll('"name":"', '"speed":1,"name":"').replace('"success":true', '"success":7'),
    });
    await prove('run', ['--full']);
    await prove('drift');
    await prove('drift', ['--contract']);
    await prove('replay', [second.run_id, '--force']);
    rmSync(path.join(workspace.folder, 'data', 'runs', first.run_id, 'run.json'));
    await prove('runs prune', ['--dry-run']);
  });

  void it('for a run that never began, and for a failed run', async () => {
    await prove('run', ['--resources', 'cakes']);
    api.set(LAUNCHES, { status: 500, body: 'no' });
    await prove('run', ['--full']);
    api.set(LAUNCHES, replies[LAUNCHES]);
  });

  void it('for records', async () => {
    await prove('run', ['--full']);
    api.set(LAUNCHES, faulty[LAUNCHES]);
    const { run_id } = await prove<Run>('run', ['--full']);
    await prove('rejects list', [run_id]);
    const lines = await prove<{ readonly id: string }[]>('rejects list', ['--status', 'all'], '--status');
    const [{ id }] = lines as [{ readonly id: string }];
    await prove('rejects show', [id]);
    await prove('rejects waive', [id, '--reason', 'a known error']);
    await prove('explain', ['launches', id]);
    await workspace.sql(`UPDATE launches SET rocket_id = repeat('0', 24) WHERE id = '${id}'`);
    await prove('checks', ['--rows', 'dangling_launches_rocket_id'], '--rows');
    await prove('query', ['SELECT id, name, success FROM launches']);
    await prove('tables');
    await prove('tables', ['launches'], 'NAME');
    await prove('export', ['--out', 'out']);
  });

  void it('for jobs and for the status', async () => {
    const [job] = await prove<{ readonly name: string }[]>('jobs');
    const name = job?.name ?? '';
    await prove('jobs run', [name]);
    await prove('jobs history', [name]);
    await prove('jobs disable', [name]);
    await prove('serve', ['--port', '0', '--migrate']);
    await prove('jobs enable', [name]);
    await prove('status');
    await prove('init', ['--config', 'made.json']);
  });

  void it('for a new resource, in a copy of the program', async () => {
    const { folder: cwd, launcher, remove } = await copyProgram();
    after(remove);
    const document = DOCUMENTS.find(({ commands }) => commands.includes('resources new'));
    assert.ok(document);
    writeFileSync(path.join(cwd, 'samples.json'), '[{"id":"a"}]');
    const args = ['resources', 'new', 'suppliers', '--from', 'samples.json', '--json'];
    const { stdout } = await runCli(args, { cwd, launcher });
    proveText('resources new', document, stdout);
  });

  void it('for all other commands', async () => {
    await prove('resources');
    await prove('resources show', ['launches']);
    await prove('dag');
    await prove('config');
    await prove('sandbox');
    await prove('sandbox', ['--wayback'], '--wayback');
    await prove('sandbox launch-library');
    await withEmbedded(workspace);
    writeFileSync(path.join(workspace.folder, 'embedded.json'), '{}');
    await prove('migrate up', ['--config', 'embedded.json']);
    await prove('db serve', ['--config', 'embedded.json']);
    await prove('migrate status');
    await prove('migrate down', ['--yes', '--source', 'spacex']);
    assert.deepEqual(
      DOCUMENTS.filter((document) => !proven.has(document)).map(({ commands }) => commands),
      [],
    );
  });
});

function compile(schema: Schema): ValidateFunction {
  const formats = { time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ };
  return new Ajv({ strict: false, allErrors: true, formats }).compile(closed(schema) as Schema);
}

/** Rejects fields that no schema describes, although readers of the documents must accept such fields. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  return 'properties' in all && 'type' in all ? { additionalProperties: false, ...all } : all;
}
