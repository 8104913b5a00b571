import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import type { RawBody, RunFolder, RunStore, Stage, StageFile } from '../../core/ports.ts';
import type { RawFile } from '../../core/run.ts';
import { kindOf } from '../../core/simulated.ts';
import { createAtomicFile, writeFileAtomic } from '../../lib/atomic-file.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { readOwnJson } from './own-json.ts';
import { writing } from './writing.ts';

/** More than is ever quoted, as secrets are taken out before. */
const HEAD_BYTES = 4096;
const READ_BYTES = 1 << 16;
const DIGESTED_BYTES = 1 << 18;

/** How the names of stage files end. */
const STAGES: Readonly<Record<Stage, string>> = {
  validated: 'ndjson',
  errored: 'ndjson',
  intermediate: 'csv',
  profile: 'json',
};

/**
 * Runs as folders below `<data-dir>/runs`. The first body that is kept there says which kind the folder keeps; null for
 * bodies that do not stay.
 */
export function openRunStore(dataDir: string, simulated: boolean | null): RunStore {
  return {
    create: (runId) => createFolder(dataDir, runId, simulated),
    async hasRaw({ run_id, raw }) {
      const path = join(runFolder(dataDir, run_id), raw.path);
      const found = await stat(path).catch(() => null);
      if (found === null || found.size !== raw.bytes) return false;
      return (await digestFile(path)).sha256 === raw.sha256;
    },
  };
}

export function runFolder(dataDir: string, runId: string): string {
  return join(dataDir, 'runs', runId);
}

async function createFolder(dataDir: string, runId: string, simulated: boolean | null): Promise<RunFolder> {
  const path = runFolder(dataDir, runId);
  for (const stage of ['raw', ...Object.keys(STAGES)]) {
    await writing(path, () => makeFolder(join(path, stage)));
  }
  const rawPath = (resource: string): string => join('raw', resource, '0001.json');
  const stagePath = (stage: Stage, name: string): string => join(stage, `${name}.${STAGES[stage]}`);

  return {
    path,
    writeManifest: (manifest) =>
      writing(path, () => writeFileAtomic(join(path, 'run.json'), `${JSON.stringify(manifest, null, 2)}\n`)),

    async writeRaw(resource, body) {
      if (simulated !== null) await markKind(dataDir, simulated);
      const target = join(path, rawPath(resource));
      await writing(target, () => makeFolder(dirname(target)));
      const file = await writing(target, () => createAtomicFile(target));
      const digest = createDigest();
      try {
        for await (const chunk of body) {
          digest.update(chunk);
          await writing(target, () => file.write(chunk));
        }
        await writing(target, () => file.commit());
      } catch (error) {
        await file.discard();
        throw error;
      }
      return { path: rawPath(resource), ...digest.result() };
    },

    async writeRawMeta(resource, meta) {
      const target = join(path, 'raw', resource, '0001.meta.json');
      await writing(target, async () => {
        await makeFolder(dirname(target));
        await writeFileAtomic(target, `${JSON.stringify(meta, null, 2)}\n`);
      });
    },

    async linkRaw(resource, from) {
      const target = join(path, rawPath(resource));
      const origin = join(runFolder(dataDir, from.run_id), from.raw.path);
      await writing(target, async () => {
        await makeFolder(dirname(target));
        await linkOrCopy(origin, target);
      });
      return { path: rawPath(resource), ...(await digestFile(target)) };
    },

    async shareRaw(resource, { run_id, raw }) {
      const origin = join(runFolder(dataDir, run_id), raw.path);
      const found = await digestFile(origin).catch(() => null);
      if (found?.sha256 !== raw.sha256) return;
      const target = join(path, rawPath(resource));
      // Under another name first, so that the file is there at any instant.
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

    async rawInPlace(resource) {
      const raw = await readRawFile(path, resource);
      if (raw === null) return null;
      const body = await digestFile(join(path, raw.path)).catch(() => null);
      if (body === null || body.bytes !== raw.bytes || body.sha256 !== raw.sha256) return null;
      return { raw, body: { path: raw.path, ...body }, refetch: true };
    },

    readRaw: (resource) => createReadStream(join(path, rawPath(resource)), { highWaterMark: READ_BYTES }),

    async openStage(stage, name) {
      const target = join(path, stagePath(stage, name));
      const file = await writing(target, () => createAtomicFile(target, { sync: false }));
      return {
        write: (bytes) => writing(target, () => file.write(bytes)),
        commit: () => writing(target, () => file.commit()),
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
        origins.map(({ origin, target }) => writing(target, () => linkOrCopy(origin, target))),
      );
      return true;
    },
  };
}

/** Only where nothing was set aside is a file empty, unless a power cut left nothing but its name. */
async function isStage(stage: Stage, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && (found.size > 0 || stage === 'errored');
}

async function linkOrCopy(origin: string, target: string): Promise<void> {
  await rm(target, { force: true });
  await link(origin, target).catch(() => copyFile(origin, target));
}

/** What the meta file says of a whole response; null where it is not there or not whole. */
async function readRawFile(folder: string, resource: string): Promise<RawFile | null> {
  const meta = await readFile(join(folder, 'raw', resource, '0001.meta.json'), 'utf8')
    .then((text) => JSON.parse(text) as Partial<RawFile>) // written by the pipeline alone
    .catch(() => null);
  if (meta === null) return null;
  const { url, bytes, sha256, etag = null, received_by } = meta;
  if (url === undefined || bytes === undefined || sha256 === undefined || received_by === undefined)
    return null;
  return { path: join('raw', resource, '0001.json'), url, bytes, sha256, etag, received_by };
}

function createDigest(): { update(chunk: Uint8Array): void; result(): Omit<RawBody, 'path'> } {
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

async function digestFile(path: string): Promise<Omit<RawBody, 'path'>> {
  const digest = createDigest();
  const handle = await open(path);
  try {
    // One buffer for all: a stream makes a new one for each part, faster than they are collected.
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

type Kind = { readonly simulated: boolean };

/** What kind of records a data folder keeps, null while it keeps none. Throws `kind` where its file does not say. */
async function readDataKind(dataDir: string): Promise<boolean | null> {
  const path = kindPath(dataDir);
  const hint = `Write {"simulated":true} into it where run.json of the runs beside it says so, else {"simulated":false}.`;
  const kind = await readOwnJson<Partial<Kind>>(path, { code: 'kind', hint });
  if (kind === null) return null;
  if (typeof kind.simulated === 'boolean') return kind.simulated;
  throw new PipelineError(`Cannot read ${path}: it does not say which kind of records is kept here`, {
    code: 'kind',
    hint,
  });
}

/** Throws `kind` when the folder keeps the other kind. */
export async function checkDataKind(dataDir: string, simulated: boolean): Promise<void> {
  const found = await readDataKind(dataDir);
  if (found === null || found === simulated) return;
  throw new PipelineError(
    `Cannot keep ${kindOf(simulated)} records in data folder ${dataDir}: it holds ${kindOf(found)} ones`,
    { code: 'kind', hint: 'Give another --data-dir.' },
  );
}

async function markKind(dataDir: string, simulated: boolean): Promise<void> {
  if ((await readDataKind(dataDir)) !== null) return;
  await writing(dataDir, async () => {
    await makeFolder(dataDir);
    // Several resources begin at the same time: none may read what another has half written.
    await writeFileAtomic(kindPath(dataDir), `${JSON.stringify({ simulated } satisfies Kind)}\n`);
  });
}

function kindPath(dataDir: string): string {
  return join(dataDir, 'contents.json');
}
