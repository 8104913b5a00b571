import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';

import { createWorkspace, type Workspace } from './workspace.ts';

const FILE = 'spacex-pipeline.config.json';

/** A second machine with the same configuration. It shares the database, but has its own data folder. */
export function twinOf(t: TestContext, { folder }: Pick<Workspace, 'folder'>): Workspace {
  const twin = createWorkspace(null);
  writeFileSync(path.join(twin.folder, FILE), readFileSync(path.join(folder, FILE)));
  t.after(() => rmSync(twin.folder, { recursive: true, force: true }));
  return twin;
}
