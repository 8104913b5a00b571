import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { assertFailure, createWorkspace } from '../support/workspace.ts';

const workspace = createWorkspace();
after(workspace.remove);

/** Writes a shell's completion script, followed by commands that query it. */
async function script(shell: string, asking = ''): Promise<string> {
  const { code, stdout, stderr } = await workspace.run(['completion', shell]);
  assert.equal(code, 0, stderr);
  const file = path.join(workspace.folder, `completion.${shell}`);
  writeFileSync(file, `${stdout}\n${asking}`);
  return file;
}

function missing(shell: string): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed`;
}

/** The words that bash proposes for the last word of each line. */
async function proposed(...lines: readonly (readonly string[])[]): Promise<string[][]> {
  const asked = lines.map((words) => `ask ${words.map((word) => `'${word}'`).join(' ')}`);
  const file = await script(
    'bash',
    `ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spacex_pipeline; echo "\${COMPREPLY[*]}"; }\n${asked.join('\n')}`,
  );
  const { stdout, stderr } = spawnSync('bash', [file], { encoding: 'utf8', cwd: workspace.folder });
  assert.equal(stderr, '');
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').filter((word) => word !== ''));
}

void describe('completion', () => {
  void it(
    'completes commands, flags, choices, names and folders in bash',
    { skip: missing('bash') },
    async () => {
      const program = 'spacex-pipeline';
      const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
        [['ru'], ['run', 'runs']],
        [
          ['runs', ''],
          ['show', 'prune'],
        ],
        [['migrate', 'up', '--js'], ['--json']],
        [['run', '--or'], ['--or-sandbox']],
        // The value of a flag is not a command, even if it looks like one.
        [['--schema', 'runs', 'dri'], ['drift']],
        [['--schema', '=', 'runs', 'dri'], ['drift']],
        [
          ['run', '--resources', 'rockets,lau'],
          ['rockets,launchpads', 'rockets,launches'],
        ],
        [['run', '--from', '=', 'li'], ['live']],
        [['verify', '--source', 's'], ['spacex']],
        [['rejects', 'list', '--status', 'wai'], ['waived']],
        [['resources', 'show', 'rock'], ['rockets']],
        [
          ['explain', 'launch_f'],
          ['launch_fairing_ships', 'launch_failures'],
        ],
        [
          ['export', '--format', ''],
          ['csv', 'ndjson', 'parquet'],
        ],
        [
          ['--log-level', ''],
          ['debug', 'info', 'warn', 'error'],
        ],
        [['--config', 'spacex-pipe'], ['spacex-pipeline.config.json']],
        [['resources', 'new', 'x', '--from', 'spacex-pipe'], ['spacex-pipeline.config.json']],
        [
          ['completion', ''],
          ['bash', 'zsh', 'fish'],
        ],
      ];
      assert.deepEqual(
        await proposed(...cases.map(([words]) => [program, ...words])),
        cases.map(([, expected]) => expected),
      );
    },
  );

  for (const shell of ['zsh', 'fish']) {
    void it(`prints a script that ${shell} can parse`, { skip: missing(shell) }, async () => {
      const { status, stderr } = spawnSync(shell, ['-n', await script(shell)], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  void it('completes commands and values in fish', { skip: missing('fish') }, async () => {
    const lines = [
      'spacex-pipeline runs ',
      'spacex-pipeline run --resources rockets,lau',
      'spacex-pipeline --schema runs dri',
    ];
    const file = await script('fish', lines.map((line) => `complete -C'${line}'`).join('\n'));
    const { stdout, stderr } = spawnSync('fish', ['--no-config', file], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.deepEqual(
      stdout.split('\n').map((line) => line.split('\t')[0]),
      ['prune', 'show', 'rockets,launches', 'rockets,launchpads', 'drift', ''],
    );
  });

  void it('rejects an unsupported shell', async () => {
    assertFailure(await workspace.run(['completion', 'tcsh']), {
      code: 2,
      message: /'tcsh'.*bash, zsh, fish/,
    });
  });
});
