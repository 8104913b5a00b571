import { lockFolder, type FolderLock } from '../../src/adapters/files/folder-lock.ts';
import { systemClock } from '../../src/lib/clock.ts';

/**
 * A process that locks and unlocks the data folder that its argument names, in response to messages that it receives.
 */
const [dataDir = ''] = process.argv.slice(2);
let lock: FolderLock | null = null;

process.on('message', (order: string) => void obey(order));
process.send?.({ said: 'ready' });

async function obey(order: string): Promise<void> {
  try {
    if (order === 'take' || order === 'wait') {
      lock = await lockFolder(dataDir, {
        what: 'test',
        waitMs: order === 'wait' ? 20_000 : 0,
        clock: systemClock,
        signal: new AbortController().signal,
        allowNetworkFolder: false,
      });
    }
    if (order === 'check') lock?.check();
    if (order === 'release') await lock?.release();
    process.send?.({ said: order });
    // oxlint-disable-next-line eslint/no-empty -- blocks the event loop as a long statement would
    if (order === 'block') for (;;) {}
  } catch (error) {
    const { code, hint = null } = Object(error) as { readonly code?: unknown; readonly hint?: string };
    process.send?.({ said: 'no', code, hint, message: error instanceof Error ? error.message : '' });
  }
}
