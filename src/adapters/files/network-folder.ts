import { statfs } from 'node:fs/promises';

import { PipelineError } from '../../core/errors.ts';

export type NetworkRule = {
  readonly allowNetworkFolder: boolean;
  /** Returns the Linux file system type number for a path; null if unknown. */
  readonly fileSystemType?: (path: string) => Promise<number | null>;
};

/**
 * The types of file systems that several machines can share or that a user program can implement, from linux/magic.h
 * and the file systems' own headers.
 */
const SHARED_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0xbacbacbc, 'VMware shared folder'],
]);

/**
 * Throws `database` if locks on the folder's file system may not work across machines and network folders are not
 * allowed.
 */
export async function refuseNetworkFolder(
  folder: string,
  { allowNetworkFolder, fileSystemType = linuxType }: NetworkRule,
): Promise<void> {
  if (allowNetworkFolder) return;
  const type = await fileSystemType(folder);
  // Some platforms report a signed number.
  const name = type === null ? undefined : SHARED_TYPES.get(type >>> 0);
  if (name === undefined) return;
  throw new PipelineError(
    `Cannot use the embedded database in ${folder}: it is on a network file system (${name}), where locks are unreliable`,
    {
      code: 'database',
      hint: 'Choose a --data-dir on a local disk, or use a PostgreSQL server. If only one machine uses the folder, you can accept the risk with --allow-network-folder.',
    },
  );
}

/** Returns null on other systems, where the numbers have different meanings. */
async function linuxType(path: string): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  return (await statfs(path).catch(() => null))?.type ?? null;
}
