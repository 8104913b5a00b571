import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { cliEnvironment, REPOSITORY } from '../support/cli.ts';
import { derivedIn } from '../support/derived.ts';

const clone = mkdtempSync(path.join(tmpdir(), 'test-clone-'));
after(() => rmSync(clone, { recursive: true }));
for (const name of ['bin', 'migrations', 'package.json', 'src'])
  cpSync(path.join(REPOSITORY, name), path.join(clone, name), { recursive: true });
symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(clone, 'node_modules'));

function program(...args: readonly string[]): string {
  const command = [path.join(clone, 'bin', 'spacex-pipeline'), ...args, '--json'];
  const { status, stderr, stdout } = spawnSync(process.execPath, command, {
    cwd: clone,
    env: cliEnvironment(),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

function pull(): RunReport {
  return JSON.parse(program('run', '--source', 'sandbox', '--resources', 'launches')) as RunReport;
}

function edit(file: string, from: string, to: string): void {
  const whole = readFileSync(path.join(clone, file), 'utf8');
  assert.ok(whole.includes(from), `${file} has ${from}`);
  writeFileSync(path.join(clone, file), whole.replace(from, to));
}

void it('a clone derives resources again only after a code change that affects them', () => {
  assert.deepEqual(derivedIn(pull()), ['launches', 'rockets']);
  edit('src/cli/print.ts', 'import', '// Some words.\nimport');
  edit('src/sources/resources.test.ts', 'import', '// Some words.\nimport');
  assert.deepEqual(derivedIn(pull()), []);
  edit(
    'src/sources/spacex/rockets.ts',
    'name: rocket.name.trim(),',
    'name: rocket.name.trim().toUpperCase(),',
  );
  const { resources, ...report } = pull();
  assert.deepEqual(derivedIn(report), ['launches', 'rockets']);
  assert.deepEqual([resources['rockets']?.updated, resources['launches']?.updated], [4, 205]);
  assert.deepEqual(derivedIn(pull()), []);
  // A dependency with a different version range.
  edit('package.json', '"ajv": "', '"ajv": "^');
  assert.deepEqual(derivedIn(pull()), ['launches', 'rockets']);
});
