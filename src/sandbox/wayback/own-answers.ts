import { STATUS_CODES } from 'node:http';

import type { WaybackFault, WaybackFaultName } from './faults.ts';
import { NOT_ARCHIVED, page } from './pages.ts';
import type { Answer } from './send.ts';

/** What the archive says instead of what it was asked for; the connection breaks or stays silent. */
export type OwnAnswer = Answer | 'reset' | 'hang';

const BLOCKED =
  'org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error (simulated)';
const BLOCKED_TEXT = 'This URL has been excluded from the Wayback Machine.';

const ANSWERS: Partial<Record<WaybackFaultName, (fault: WaybackFault) => OwnAnswer>> = {
  429: ({ value }) => page(429, 'Too many requests.', value === '' ? {} : { 'Retry-After': value }),
  status: ({ amount }) => page(amount, STATUS_CODES[amount] ?? 'An error.'),
  missing: () => NOT_ARCHIVED,
  blocked: () => page(403, BLOCKED_TEXT, { 'X-Archive-Wayback-Runtime-Error': BLOCKED }),
  'blocked-page': () => page(200, BLOCKED_TEXT, { 'X-Archive-Wayback-Runtime-Error': BLOCKED }),
  reset: () => 'reset',
  hang: () => 'hang',
};

export function ownAnswer(fault: WaybackFault): OwnAnswer {
  return ANSWERS[fault.name]?.(fault) ?? NOT_ARCHIVED;
}
