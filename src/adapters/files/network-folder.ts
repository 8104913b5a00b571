import { statfs } from 'node:fs/promises';

import { PipelineError } from '../../core/errors.ts';

export type NetworkRule = {
  readonly allowNetworkFolder: boolean;
  /** The type of the file system that holds a path, as Linux numbers them; null if unknown. */
  readonly fileSystemType?: (path: string) => Promise<number | null>;
};

/**
 * From linux/magic.h and the file systems' own headers: types that may be served by several machines or by a user's
 * program.
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

/** Throws `database` if locks on the folder's file system may not hold between machines, unless that is allowed. */
export async function refuseNetworkFolder(
  folder: string,
  { allowNetworkFolder, fileSystemType = linuxType }: NetworkRule,
): Promise<void> {
  if (allowNetworkFolder) return;
  const type = await fileSystemType(folder);
  // Some machines report the number as signed.
  const name = type === null ? undefined : SHARED_TYPES.get(type >>> 0);
  if (name === undefined) return;
  throw new PipelineError(
    `Cannot use the embedded database in ${folder}: it is on a network file system (${name}), where locks may not hold`,
    {
      code: 'database',
      hint: 'Use a --data-dir on a local disk or a PostgreSQL server; --allow-network-folder accepts the risk if only one machine uses the folder.',
    },
  );
}

/** On other systems the numbers mean other things. */
async function linuxType(path: string): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  return (await statfs(path).catch(() => null))?.type ?? null;
}
