import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { RawBody, RawPage, RunFolder, RunStore, Stage, StageFile } from '../../core/ports.ts';
import { createAtomicFile, writeFileAtomic } from '../../lib/atomic-file.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { openDataKind } from './data-kind.ts';
import { metaPath, pagePath, readMeta, readPageMeta } from './raw-files.ts';
import { wrapWriteErrors } from './write-errors.ts';

const READ_BYTES = 1 << 16;
/** Longer than any quote in a message, because secrets are removed before the quote is shortened. */
const HEAD_BYTES = 4096;
const DIGESTED_BYTES = 1 << 18;

/** The file extension of each stage. */
const STAGES: Readonly<Record<Stage, string>> = {
  validated: 'ndjson',
  errored: 'ndjson',
  intermediate: 'csv',
  profile: 'json',
};

/** A source's runs, which are folders in `<data-dir>/runs`. */
export function openRunStore(dataDir: string, source: string): RunStore {
  return {
    create: (runId) => createFolder(dataDir, runId),
    async hasRaw({ run_id, file }) {
      const path = join(runFolder(dataDir, run_id), file.path);
      const found = await stat(path).catch(() => null);
      if (found === null || found.size !== file.bytes) return false;
      return (await digestFile(path)).sha256 === file.sha256;
    },
    kind: openDataKind(dataDir, source),
  };
}

export function runFolder(dataDir: string, runId: string): string {
  return join(dataDir, 'runs', runId);
}

async function createFolder(dataDir: string, runId: string): Promise<RunFolder> {
  const path = runFolder(dataDir, runId);
  for (const stage of ['raw', ...Object.keys(STAGES)]) {
    await wrapWriteErrors(path, () => makeFolder(join(path, stage)));
  }
  const stagePath = (stage: Stage, name: string): string => join(stage, `${name}.${STAGES[stage]}`);

  return {
    path,
    writeManifest: (manifest) =>
      wrapWriteErrors(path, () =>
        writeFileAtomic(join(path, 'run.json'), `${JSON.stringify(manifest, null, 2)}\n`),
      ),

    async writeRaw(resource, page, body) {
      const target = join(path, pagePath(resource, page));
      await wrapWriteErrors(target, () => makeFolder(dirname(target)));
      const file = await wrapWriteErrors(target, () => createAtomicFile(target));
      const digest = createDigest();
      try {
        for await (const chunk of body) {
          digest.update(chunk);
          await wrapWriteErrors(target, () => file.write(chunk));
        }
        await wrapWriteErrors(target, () => file.commit());
      } catch (error) {
        await file.discard();
        throw error;
      }
      return { path: pagePath(resource, page), ...digest.result() };
    },

    async writeRawMeta(resource, page, meta) {
      const target = metaPath(join(path, pagePath(resource, page)));
      await wrapWriteErrors(target, async () => {
        await makeFolder(dirname(target));
        await writeFileAtomic(target, `${JSON.stringify(meta, null, 2)}\n`);
      });
    },

    async linkRaw(resource, page, from) {
      const target = join(path, pagePath(resource, page));
      const origin = join(runFolder(dataDir, from.run_id), from.file.path);
      await wrapWriteErrors(target, async () => {
        await makeFolder(dirname(target));
        await linkOrCopy(origin, target);
      });
      return { path: pagePath(resource, page), ...(await digestFile(target)) };
    },

    async shareRaw(resource, page, { run_id, file }) {
      const origin = join(runFolder(dataDir, run_id), file.path);
      const found = await digestFile(origin).catch(() => null);
      if (found?.sha256 !== file.sha256) return;
      const target = join(path, pagePath(resource, page));
      // Links to a temporary name first, so that the target exists at all times.
      const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
      await link(origin, temporary).then(
        () => rename(temporary, target),
        () => undefined,
      );
    },

    async removeLeftovers() {
      const names = await readdir(path, { recursive: true });
      const leftovers = names.filter((name) => /^\..*\.tmp$/.test(basename(name)));
      for (const name of leftovers) await rm(join(path, name), { force: true });
    },

    readRawMeta: (resource, page) => readMeta(join(path, pagePath(resource, page))),

    removeRaw: (resource) =>
      wrapWriteErrors(path, () => rm(join(path, 'raw', resource), { recursive: true, force: true })),

    async rawInPlace(resource, from = 1) {
      const pages: RawPage[] = [];
      let simulated: boolean | null = null;
      for (let page = from; ; page += 1) {
        const meta = await readPageMeta(path, resource, page);
        if (meta === null) break;
        const found = await digestFile(join(path, meta.file.path)).catch(() => null);
        if (found?.bytes !== meta.file.bytes || found.sha256 !== meta.file.sha256) break;
        pages.push({ file: meta.file, head: found.head });
        simulated ??= meta.simulated;
      }
      return pages.length === 0 ? null : { pages, simulated, refetch: true };
    },

    readRaw: (resource, page) => ({
      // Opens each file only when it is read, because there may be many pages.
      [Symbol.asyncIterator]() {
        const file: AsyncIterable<Buffer> = createReadStream(join(path, pagePath(resource, page)), {
          highWaterMark: READ_BYTES,
        });
        return file[Symbol.asyncIterator]();
      },
    }),

    async openStage(stage, name) {
      const target = join(path, stagePath(stage, name));
      const file = await wrapWriteErrors(target, () => createAtomicFile(target, { sync: false }));
      return {
        write: (bytes) => wrapWriteErrors(target, () => file.write(bytes)),
        commit: () => wrapWriteErrors(target, () => file.commit()),
        discard: () => file.discard(),
      } satisfies StageFile;
    },

    async linkStages(names, fromRun) {
      const origins = names.map(([stage, name]) => ({
        stage,
        origin: join(runFolder(dataDir, fromRun), stagePath(stage, name)),
        target: join(path, stagePath(stage, name)),
      }));
      const there = await Promise.all(origins.map(({ stage, origin }) => isStage(stage, origin)));
      if (there.includes(false)) return false;
      await Promise.all(
        origins.map(({ origin, target }) => wrapWriteErrors(target, () => linkOrCopy(origin, target))),
      );
      return true;
    },
  };
}

/**
 * True if a stage file is complete. Only the errored stage can be empty; in any other stage, an empty file was left by
 * a power failure.
 */
async function isStage(stage: Stage, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && (found.size > 0 || stage === 'errored');
}

async function linkOrCopy(origin: string, target: string): Promise<void> {
  await rm(target, { force: true });
  await link(origin, target).catch(() => copyFile(origin, target));
}

type Digest = Omit<RawBody, 'path'>;

function createDigest(): { update(chunk: Uint8Array): void; result(): Digest } {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  return {
    update(chunk) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
    },
    result: () => ({ bytes, sha256: hash.digest('hex'), head }),
  };
}

async function digestFile(path: string): Promise<Digest> {
  const digest = createDigest();
  const handle = await open(path);
  try {
    // Reuses one buffer for all reads. A stream would allocate buffers for its chunks faster than they can be
    // garbage-collected.
    const buffer = Buffer.allocUnsafe(DIGESTED_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return digest.result();
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
