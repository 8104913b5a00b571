import { folderRuns } from '../adapters/files/read-runs.ts';
import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { isPublished } from '../core/run.ts';
import { dataDirOf } from './data-folders.ts';
import { embeddedDir } from './runtime.ts';

/** The data folder that a read-only command reads. */
export type FolderToRead = {
  readonly dataDir: string;
  /**
   * The folder of simulated records if it also has an embedded database; null if not, or if `dataDir` is that folder.
   */
  readonly simulated: string | null;
};

/** The configured data folder, unless only the folder of simulated records inside it has any data to show. */
export async function folderToRead({
  dataDir,
  database,
}: Pick<SourceConfig, 'dataDir' | 'database'>): Promise<FolderToRead> {
  const inside = dataDirOf({ dataDir }, 'sandbox');
  if (database.url !== null || inside === dataDir || !hasDatabase(embeddedDir(inside)))
    return { dataDir, simulated: null };
  const hasOwn =
    hasDatabase(embeddedDir(dataDir)) && ((await published(dataDir)) || !(await published(inside)));
  return hasOwn ? { dataDir, simulated: inside } : { dataDir: inside, simulated: null };
}

/** Whether there could be data to read. Always true for a server, which is not contacted. */
export async function hasData(config: Pick<SourceConfig, 'dataDir' | 'database'>): Promise<boolean> {
  return config.database.url !== null || hasDatabase(embeddedDir((await folderToRead(config)).dataDir));
}

/** Whether any run has published. Reading the folder is enough, because retention keeps the newest published runs. */
async function published(dataDir: string): Promise<boolean> {
  return (await folderRuns(dataDir, 1, isPublished)).length > 0;
}
