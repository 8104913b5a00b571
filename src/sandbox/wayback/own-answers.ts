import { STATUS_CODES } from 'node:http';

import { cdxAnswer, cdxBlocked } from './cdx.ts';
import type { WaybackFault, WaybackFaultName } from './faults.ts';
import { NOT_ARCHIVED, page } from './pages.ts';
import type { Answer } from './send.ts';

/** The response that a host sends instead of a copy. `reset` breaks the connection, and `hang` sends nothing. */
type OwnAnswer = Answer | 'reset' | 'hang';

type Answers = Partial<Record<WaybackFaultName, (fault: WaybackFault) => OwnAnswer>>;

const BLOCKED =
  'org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error (simulated)';
const BLOCKED_TEXT = 'This URL has been excluded from the Wayback Machine.';
const BLOCKED_HEADER = { 'X-Archive-Wayback-Runtime-Error': BLOCKED };

const PLAYBACK: Answers = {
  429: ({ value }) => page(429, 'Too many requests.', value === '' ? {} : { 'Retry-After': value }),
  status: ({ amount }) => page(amount, STATUS_CODES[amount] ?? 'An error.'),
  missing: () => NOT_ARCHIVED,
  blocked: () => page(403, BLOCKED_TEXT, BLOCKED_HEADER),
  'blocked-page': () => page(200, BLOCKED_TEXT, BLOCKED_HEADER),
  reset: () => 'reset',
  hang: () => 'hang',
};
const CDX: Answers = {
  missing: () => cdxAnswer([], new URLSearchParams({ output: 'json' })),
  blocked: () => cdxBlocked(BLOCKED),
};

/** The response that a fault with the effect `answer` sends to a request for this path. */
export function ownAnswer(fault: WaybackFault, path: string): OwnAnswer {
  const answers: Answers = path.startsWith('cdx/') ? { ...PLAYBACK, ...CDX } : PLAYBACK;
  return answers[fault.name]?.(fault) ?? NOT_ARCHIVED;
}
