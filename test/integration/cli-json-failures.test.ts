import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import { EXIT_CODES } from '../../src/output/exit-codes.ts';
import { outline } from '../../src/cli/outline.ts';
import { FAILURE, DOCUMENTS } from '../../src/output/documents.ts';
import { buildProgram, runCli } from '../../src/cli/program.ts';
import type { ErrorReport } from '../../src/core/errors.ts';
import { createWorkspace } from '../support/workspace.ts';

/** With `--json`, every command prints one document, even if it fails. */
const workspace = createWorkspace();
after(() => workspace.remove());

const nowhere = { write: () => undefined };
const { signal } = new AbortController();
const program = await buildProgram({ stdout: nowhere, stderr: nowhere, cwd: '/', signal });
const commands = outline(program).map(({ path }) => path);
const validate = new Ajv({ strict: false, formats: { time: true } }).compile(FAILURE);

type Failed = { readonly code: string | null; readonly stdout: string; readonly stderr: string };

async function fail(args: readonly string[]): Promise<Failed> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    cwd: workspace.folder,
    signal,
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

function errorIn({ code, stderr, stdout }: Failed, of: string): ErrorReport {
  const document = JSON.parse(stdout) as { readonly error: ErrorReport };
  assert.ok(validate(document), `${of}: ${JSON.stringify(validate.errors)}`);
  const { error } = document;
  assert.deepEqual([error.code, Object.keys(document)], [code, ['error']], of);
  assert.ok(stderr.includes(`error: ${error.message}\nhint: `), `${of}: ${stderr}`);
  return error;
}

void describe('errors with --json', { concurrency: 1 }, () => {
  for (const command of commands) {
    const words = command.split(' ').filter((word) => word !== '');
    void it(`are printed on stdout by ${command === '' ? 'the program without a command' : command}`, async () => {
      for (const wrong of [['--no-such-flag'], ['--config', 'missing.json', '--no-such-flag']]) {
        const failed = await fail([...words, ...wrong, '--json']);
        if (command === 'run') {
          const { error, run_id, status } = JSON.parse(failed.stdout);
          assert.deepEqual([error.code, run_id, status], ['usage', null, 'failed']);
        } else assert.equal(errorIn(failed, command).code, 'usage');
        const plain = await fail([...words, ...wrong]);
        assert.deepEqual([plain.code, plain.stdout, plain.stderr], [failed.code, '', failed.stderr], command);
      }
    });
  }

  void it('are tested for each command that has a document', () => {
    const documented = DOCUMENTS.flatMap(({ commands: own }) => own);
    assert.deepEqual(
      documented.filter((name) => !commands.includes(name)),
      [],
    );
  });

  void it('contain the error code and a hint', async () => {
    assert.deepEqual(errorIn(await fail(['query', 'SELECT 1', '--json']), 'query'), {
      code: 'database',
      message: `Cannot query: there is no database in ${workspace.folder}/data yet`,
      hint: 'spacex-pipeline run',
    });
    const { code, stderr, stdout } = await workspace.run(['jobs', 'history', 'none', '--json']);
    const error = errorIn({ code: 'usage', stderr, stdout }, 'jobs history');
    assert.equal(code, EXIT_CODES.usage);
    assert.match(error.message, /^Cannot find job "none"/);
  });
});
