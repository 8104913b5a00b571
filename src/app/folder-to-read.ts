import { folderRuns } from '../adapters/files/history.ts';
import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { isPublished } from '../core/run.ts';
import { dataDirOf } from './data-folders.ts';
import { embeddedDir } from './runtime.ts';

/** Which data folder a command reads that shows what has happened. */
export type FolderToRead = {
  readonly dataDir: string;
  /** The folder of simulated records, where that has an embedded database, too; null where it is the one to read. */
  readonly simulated: string | null;
};

/** The configured one, unless only the one of simulated records inside has something to show. */
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

/** May there be something to read? On a server that is not known before it is asked. */
export async function hasData(config: Pick<SourceConfig, 'dataDir' | 'database'>): Promise<boolean> {
  return config.database.url !== null || hasDatabase(embeddedDir((await folderToRead(config)).dataDir));
}

/** Retention keeps the newest runs that published: the folder alone says so, and no database has to be opened. */
async function published(dataDir: string): Promise<boolean> {
  return (await folderRuns(dataDir, 1, isPublished)).length > 0;
}
