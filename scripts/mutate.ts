import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { createRandom } from '../src/sandbox/random.ts';
import { startPostgres } from '../test/support/postgres.ts';

/**
 * `npm run mutate [-- --only TEXT --sample N --seed N]`: tests the tests. In the files that implement the project's
 * guarantees, changes one operator, SQL keyword or statement at a time, and runs the tests that should detect the
 * change until one of them fails. Prints each mutant and the score; exits 1 if the score is below 80 %.
 */

const ROOT = resolve(import.meta.dirname, '..');
const LIMIT_MS = 300_000;
const LEAST_SCORE = 0.8;

const SUITE = 'test/integration/target-postgres.test.ts';
/** The test files for each source file, with the file that is most likely to fail first. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  'src/adapters/postgres/merge.ts': [SUITE],
  'src/adapters/postgres/ledger.ts': [
    SUITE,
    'test/integration/resume.test.ts',
    'test/integration/commit.test.ts',
  ],
  'src/adapters/postgres/lock.ts': [SUITE, 'test/integration/run-interrupt.test.ts'],
  'src/app/resume.ts': ['test/integration/resume.test.ts', 'test/integration/secrets.test.ts'],
  'src/app/kept-raw.ts': ['test/integration/resume.test.ts', 'test/integration/cli-plan.test.ts'],
};

/** Patterns and their replacements. */
const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| (?!')/g, ' && '],
  [/ > 0\b/g, ' >= 0'],
  [/ < (?=\w+ \?)/g, ' <= '],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\bNOT EXISTS\b/g, 'EXISTS'],
  [/(?<!NOT )\bEXISTS\b/g, 'NOT EXISTS'],
  [/\bIS DISTINCT FROM\b/g, 'IS NOT DISTINCT FROM'],
  [/\bIS NOT DISTINCT FROM\b/g, 'IS DISTINCT FROM'],
  [/\bAND\b/g, 'OR'],
  [/\bDESC\b/g, 'ASC'],
  [/ >= \$1/g, ' > $1'],
  [/ = \$1/g, ' <> $1'],
  [/ <> '/g, " = '"],
  [/ = 'running'/g, " <> 'running'"],
  [/'BEGIN'/g, "'SELECT 1'"],
  [/'ROLLBACK'/g, "'COMMIT'"],
  [/^ *(?:await|throw) [^;{]*;$/gm, ';'],
];

/** Mutants that behave like the original, each with the reason. */
const EQUIVALENT: readonly { readonly file: string; readonly was: string; readonly why: string }[] = [
  {
    file: 'src/adapters/postgres/ledger.ts',
    was: `'ROLLBACK' → 'COMMIT'`,
    why: 'this code runs only after a statement has failed, and then PostgreSQL rolls back even on COMMIT',
  },
];

type Mutant = { readonly file: string; readonly line: number; readonly was: string; readonly text: string };

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const place = mkdtempSync(join(tmpdir(), 'mutate-'));
const server = await startPostgres({ options: ['max_connections=300'] });
const survivors: Mutant[] = [];
let tried = 0;
try {
  for (const name of ['bin', 'src', 'test', 'migrations', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(place, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  for (const mutant of chosen(allMutants())) {
    const { file, line, text, was } = mutant;
    const same = EQUIVALENT.find((one) => one.file === file && one.was === was);
    if (same !== undefined) {
      tell(`same     ${file}:${line} ${was}: ${same.why}`);
      continue;
    }
    const path = join(place, file);
    const original = readFileSync(path, 'utf8');
    const started = performance.now();
    writeFileSync(path, text);
    const survived = await passesAll(TESTS[file] ?? []);
    writeFileSync(path, original);
    tried += 1;
    if (survived) survivors.push(mutant);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    tell(`${survived ? 'SURVIVED' : 'killed  '} ${file}:${line} ${was} (${seconds} s)`);
  }
} finally {
  await server.remove();
  rmSync(place, { recursive: true });
}
const score = tried === 0 ? 0 : (tried - survivors.length) / tried;
tell(`${tried} mutants, ${survivors.length} survived: ${(score * 100).toFixed(1)}% killed`);
process.exitCode = score >= LEAST_SCORE ? 0 : 1;

function allMutants(): Mutant[] {
  return Object.keys(TESTS)
    .filter((file) => file.includes(values.only))
    .flatMap(mutantsOf);
}

/** One mutant for each match of each pattern, except in comments and imports. */
function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return OPERATORS.flatMap(([pattern, replacement]) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const line = text.slice(0, found.index).split('\n').length;
      const source = text.split('\n')[line - 1] ?? '';
      if (/^\s*(?:\/?\*|\/\/|import\b|export type\b)/.test(source)) return [];
      const mutated = text.slice(0, found.index) + replacement + text.slice(found.index + found[0].length);
      return [{ file, line, was: `${found[0].trim()} → ${replacement.trim()}`, text: mutated }];
    }),
  );
}

function chosen(mutants: Mutant[]): Mutant[] {
  if (values.sample === undefined) return mutants;
  const random = createRandom(Number(values.seed));
  return mutants
    .map((mutant) => ({ mutant, at: random(2 ** 31) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, Number(values.sample))
    .map(({ mutant }) => mutant);
}

/** Runs the files one after another in the given order, because Node would sort them by name. */
async function passesAll(files: readonly string[]): Promise<boolean> {
  for (const file of files) if (!(await passes(file))) return false;
  return true;
}

/** Returns whether all tests in a file pass. Stops at the first failure or at a timeout. */
async function passes(tests: string): Promise<boolean> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', tests], {
    cwd: place,
    env: { ...process.env, TEST_DATABASE_URL: server.url },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const end = (): void => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has already exited.
    }
  };
  const timer = setTimeout(end, LIMIT_MS);
  let failed = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!/^\s*not ok /.test(line)) continue;
    failed = true;
    end();
  }
  clearTimeout(timer);
  const code = child.exitCode ?? (await new Promise((done) => child.once('exit', done)));
  return !failed && code === 0;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
