import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { dataDirOf } from './data-folders.ts';
import { embeddedDir } from './runtime.ts';

/** Which data folder a command reads that shows what has happened. */
export type FolderToRead = {
  readonly dataDir: string;
  /** The folder of simulated records, where that has an embedded database, too; null where it is the one to read. */
  readonly simulated: string | null;
};

/** The configured one, unless only the one of simulated records inside has a database. */
export function folderToRead({
  dataDir,
  database,
}: Pick<SourceConfig, 'dataDir' | 'database'>): FolderToRead {
  const inside = dataDirOf({ dataDir }, 'sandbox');
  if (database.url !== null || inside === dataDir || !hasDatabase(embeddedDir(inside)))
    return { dataDir, simulated: null };
  const hasOwn = hasDatabase(embeddedDir(dataDir));
  return hasOwn ? { dataDir, simulated: inside } : { dataDir: inside, simulated: null };
}

/** May there be something to read? On a server that is not known before it is asked. */
export function hasData(config: Pick<SourceConfig, 'dataDir' | 'database'>): boolean {
  return config.database.url !== null || hasDatabase(embeddedDir(folderToRead(config).dataDir));
}
