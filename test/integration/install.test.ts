import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import packageJson from '../../package.json' with { type: 'json' };
import { REPOSITORY } from '../support/cli.ts';
import { findOldNode } from '../support/old-node.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'test-install-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const old = findOldNode();
const npm = old === null ? null : path.join(path.dirname(old), 'npm');

/** An environment without settings from npm or from the developer. */
const clean = (bin: string) => ({ HOME: folder, PATH: `${bin}:/usr/bin:/bin` });

void describe('npm ci', () => {
  void it(
    'prints nothing about the version on an older Node',
    { skip: npm === null && 'no older Node is installed' },
    () => {
      for (const file of ['package.json', 'package-lock.json', '.npmrc'])
        copyFileSync(path.join(REPOSITORY, file), path.join(folder, file));
      const install = (...flags: readonly string[]) =>
        spawnSync(npm ?? '', ['ci', '--dry-run', '--ignore-scripts', ...flags], {
          cwd: folder,
          env: clean(path.dirname(npm ?? '')),
          encoding: 'utf8',
        });
      const usual = install();
      assert.deepEqual([usual.status, usual.stderr], [0, '']);
      assert.match(usual.stdout, /^added \d+ packages in \S+$/m);
      // Without the project's own settings, npm would print this warning.
      assert.match(install('--loglevel=warn').stderr, /EBADENGINE/);
    },
  );

  for (const [version, expected] of [
    ['v16.20.2', 'spacex-pipeline is tested with Node 18 and newer; this is Node 16.20.2.\n'],
    ['v18.0.0', ''],
  ] as const)
    void it(`prints ${expected === '' ? 'nothing' : 'one sentence'} on Node ${version}`, () => {
      const fake = path.join(folder, 'fake.cjs');
      writeFileSync(fake, `Object.defineProperty(process, 'version', { value: '${version}' });`);
      const { status, stderr } = spawnSync('/bin/sh', ['-c', packageJson.scripts.dependencies], {
        cwd: folder,
        env: { ...clean(path.dirname(process.execPath)), NODE_OPTIONS: `--require=${fake}` },
        encoding: 'utf8',
      });
      assert.deepEqual([status, stderr], [0, expected]);
    });
});
