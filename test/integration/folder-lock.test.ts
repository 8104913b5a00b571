import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';

import { lockFolder, readHolder } from '../../src/adapters/files/folder-lock.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { clockOff } from '../support/cli.ts';

const HOLDER = path.join(import.meta.dirname, '../support/lock-holder.ts');
const OTHER_MACHINE = ['unshare', '--pid', '--fork', '--kill-child', '--uts', '--mount-proc'];
const noNamespaces = spawnSync(OTHER_MACHINE[0] ?? '', [...OTHER_MACHINE.slice(1), 'true']).status !== 0;

type Said = {
  readonly said: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
};

/** A process that acquires, checks and releases the lock on request. */
type Party = {
  readonly child: ChildProcess;
  readonly tell: (order: string) => Promise<Said>;
};

const root = mkdtempSync(path.join(tmpdir(), 'test-lock-'));
const parties: ChildProcess[] = [];
let folder = root;
let folders = 0;
beforeEach(() => {
  folder = path.join(root, String((folders += 1)));
});
after(() => {
  for (const child of parties) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

async function party(
  env: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<Party> {
  const [command, ...args] = [...through, process.execPath, HOLDER, folder];
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  parties.push(child);
  const next = async (): Promise<Said> => (await once(child, 'message'))[0] as Said; // sent by lock-holder.ts
  await next();
  return {
    child,
    async tell(order) {
      const answer = next();
      child.send(order);
      return answer;
    },
  };
}

async function assertShutOut(other: Party): Promise<void> {
  const { said, code, message } = await other.tell('take');
  assert.deepEqual([said, code], ['no', 'busy'], message);
  assert.match(message ?? '', /another process is using it \(test on host .*, pid \d+, since \d{4}-/);
}

void describe('a data folder’s lock', () => {
  void it('is held by one process at a time, and by the next process once it is released', async () => {
    const [first, second] = await Promise.all([party(), party()]);
    assert.equal((await first.tell('take')).said, 'take');
    await assertShutOut(second);
    const waiting = second.tell('wait');
    assert.equal((await first.tell('release')).said, 'release');
    assert.equal((await waiting).said, 'wait');
    await assertShutOut(first);
  });

  void it('survives while its holder is blocked or stopped, or has a different clock', async () => {
    const hours = 3_600_000;
    const [holder, ahead, behind] = await Promise.all([
      party(clockOff(-2 * hours)),
      party(clockOff(48 * hours)),
      party(clockOff(-48 * hours)),
    ]);
    await holder.tell('take');
    await assertShutOut(ahead);
    await assertShutOut(behind);
    assert.equal((await holder.tell('block')).said, 'block');
    await assertShutOut(ahead);
    holder.child.kill('SIGSTOP');
    await assertShutOut(ahead);
    await assertShutOut(behind);
  });

  void it(
    'survives while a machine with different process ids and a different host name shares the folder',
    { skip: noNamespaces && 'needs permission to create namespaces' },
    async () => {
      const [outside, one, other] = await Promise.all([
        party(),
        party({}, OTHER_MACHINE),
        party({}, OTHER_MACHINE),
      ]);
      await outside.tell('take');
      await assertShutOut(one);
      await outside.tell('release');
      assert.equal((await one.tell('take')).said, 'take');
      await assertShutOut(other);
      await assertShutOut(outside);
    },
  );

  void it('is released when its holder is killed, even while blocked or stopped', async () => {
    for (const state of ['idle', 'block', 'stop']) {
      const [holder, next] = await Promise.all([party(), party()]);
      await holder.tell('take');
      if (state === 'block') await holder.tell('block');
      if (state === 'stop') holder.child.kill('SIGSTOP');
      const gone = once(holder.child, 'exit');
      holder.child.kill('SIGKILL');
      await gone;
      assert.ok(readdirSync(folder).includes('database-holder.json'));
      assert.equal(await readHolder(folder), null, 'the entry of a dead holder is ignored');
      assert.equal((await next.tell('take')).said, 'take', state);
      assert.equal((await readHolder(folder))?.pid, next.child.pid);
      await next.tell('release');
    }
  });

  void it('never admits two processes when many try at the same time', async () => {
    const many = await Promise.all(Array.from({ length: 5 }, () => party()));
    const marker = path.join(folder, 'inside');
    const enter = async ({ tell }: Party): Promise<void> => {
      for (let round = 0; round < 8; round++) {
        const { said, message } = await tell('wait');
        assert.equal(said, 'wait', message);
        writeFileSync(marker, '', { flag: 'wx' });
        rmSync(marker);
        await tell('release');
      }
    };
    await Promise.all(many.map(enter));
  });

  void it('is lost when its file is deleted, which the holder detects before it writes again', async () => {
    const [first, second] = await Promise.all([party(), party()]);
    await first.tell('take');
    assert.equal((await first.tell('check')).said, 'check');
    rmSync(path.join(folder, 'database-lock.sqlite'));
    const { code, message } = await first.tell('check');
    assert.deepEqual([code, /lock file .* was deleted or replaced/.test(message ?? '')], ['busy', true]);
    assert.equal((await second.tell('take')).said, 'take');
    assert.equal((await first.tell('check')).code, 'busy');
    // The old holder's cleanup does not remove what the new holder has written.
    await first.tell('release');
    assert.equal((await second.tell('check')).said, 'check');
    await assertShutOut(first);
  });

  void it('leaves nothing behind except an empty file', async () => {
    const { tell } = await party();
    await tell('take');
    assert.deepEqual(readdirSync(folder).sort(), ['database-holder.json', 'database-lock.sqlite']);
    await tell('release');
    assert.deepEqual(readdirSync(folder), ['database-lock.sqlite']);
    assert.equal(readFileSync(path.join(folder, 'database-lock.sqlite'), 'utf8'), '');
  });

  void it('respects a live holder from an earlier version, and removes a dead holder’s lock file', async () => {
    mkdirSync(folder);
    const file = path.join(folder, 'database.lock');
    const write = (host: string, pid: number): void =>
      writeFileSync(
        file,
        JSON.stringify({ host, pid, process_start: null, since: '2026-01-01', what: 'run' }),
      );
    const { tell } = await party();
    for (const host of [hostname(), 'another-machine']) {
      write(host, process.pid);
      const { code, message, hint } = await tell('take');
      assert.equal(code, 'busy');
      assert.match(message ?? '', new RegExp(`run on host ${host}, pid ${process.pid}`));
      assert.match(hint ?? '', /earlier version.*delete .*database\.lock/);
    }
    const { pid: dead } = spawnSync('true');
    write(hostname(), dead);
    assert.equal((await tell('take')).said, 'take');
    assert.ok(!readdirSync(folder).includes('database.lock'));
  });

  void it(
    'fails if the folder is not writable, and names the folder',
    { skip: process.getuid?.() !== 0 },
    async () => {
      mkdirSync(folder);
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      chmodSync(root, 0o755);
      const { tell } = await party({}, nobody);
      const folderRefused = await tell('take');
      assert.equal(folderRefused.code, 'database');
      assert.match(
        folderRefused.message ?? '',
        /Cannot lock .*: EACCES: permission denied, open .*database-lock\.sqlite/,
      );
      writeFileSync(path.join(folder, 'database-lock.sqlite'), '');
      const fileRefused = await tell('take');
      assert.equal(fileRefused.code, 'database', 'SQLite alone would acquire a shared lock');
      assert.match(fileRefused.hint ?? '', /chown/);
      chownSync(folder, 65534, 65534);
      rmSync(path.join(folder, 'database-lock.sqlite'));
      assert.equal((await tell('take')).said, 'take');
    },
  );

  void it('rejects a lock file with different content', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'database-lock.sqlite'), 'some other text');
    const { code, message } = await (await party()).tell('take');
    assert.equal(code, 'database');
    assert.match(message ?? '', /its contents were overwritten/);
  });
});

void describe('a network file system', () => {
  const lock = (type: number, allowNetworkFolder: boolean) =>
    lockFolder(folder, {
      what: 'test',
      waitMs: 0,
      clock: systemClock,
      signal: new AbortController().signal,
      allowNetworkFolder,
      fileSystemType: async () => type,
    });

  for (const [name, type] of [
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['CIFS', -11317950],
    ['9P', 0x01021997],
    ['FUSE', 0x65735546],
  ] as const) {
    void it(`is rejected: ${name} (type ${type})`, async () => {
      await assert.rejects(lock(type, false), (error) => {
        assert.ok(error instanceof PipelineError);
        assert.equal(error.code, 'database');
        assert.match(error.message, new RegExp(`network file system \\(${name}\\)`));
        assert.match(error.hint ?? '', /--allow-network-folder/);
        return true;
      });
      await (await lock(type, true)).release();
    });
  }

  void it('is distinguished from a local file system', async () => {
    for (const local of [0xef53, 0x9123683e, 0x58465342, 0x01021994, 0x794c7630])
      await (await lock(local, false)).release();
  });
});
