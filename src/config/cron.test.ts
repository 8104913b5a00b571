import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { nextTick } from '../lib/ticks.ts';
import { cronFault, describeSchedule } from './cron.ts';

void describe('the cron expression check', () => {
  for (const expression of [
    '20 4 * * *',
    '*/15 * * * *',
    '0 9-17/2 * * MON-FRI',
    '0 0 1 JAN *',
    '0 4 29 2 *',
    '0 4 * * 7',
    '0 4 1,15 * *',
    '@hourly',
    '@daily',
    '@weekly',
  ])
    void it(`accepts ${JSON.stringify(expression)}`, () => {
      assert.equal(cronFault(expression), null);
      assert.ok(nextTick(expression, 'UTC', new Date()) !== null);
      assert.match(describeSchedule(expression, 'UTC'), /.+, UTC$/);
    });

  const FIVE = 'must be a cron expression with five fields';
  const FIELDS = `${FIVE} (minute, hour, day of the month, month, day of the week)`;
  const never = (found: string): string =>
    `must be a cron expression, found "${found}": it names a date that never occurs`;
  const wrong = (found: string, field: string, range: string, text: string): string =>
    `must be a cron expression, found "${found}": its ${field} must be *, ${range}, or a list, range or step of these values, found "${text}"`;
  for (const [expression, fault] of [
    ['0 4 * *', `${FIELDS}, found "0 4 * *" with 4`],
    ['0 0 4 * * *', `${FIELDS}, found "0 0 4 * * *" with 6; did you mean "0 4 * * *"?`],
    ['0 0 25 * * *', `${FIELDS}, found "0 0 25 * * *" with 6`],
    ['daily', `${FIELDS}, found "daily" with 1`],
    ['60 4 * * *', wrong('60 4 * * *', 'minute', '0 to 59', '60')],
    ['0 24 * * *', wrong('0 24 * * *', 'hour', '0 to 23', '24')],
    ['0 4 0 * *', wrong('0 4 0 * *', 'day of the month', '1 to 31', '0')],
    ['0 4 * 13 *', wrong('0 4 * 13 *', 'month', '1 to 12, JAN to DEC', '13')],
    ['0 4 * * 8', wrong('0 4 * * 8', 'day of the week', '0 to 7, MON to SUN', '8')],
    ['0 4 * * mo', wrong('0 4 * * mo', 'day of the week', '0 to 7, MON to SUN', 'mo')],
    ['*/0 4 * * *', wrong('*/0 4 * * *', 'minute', '0 to 59', '*/0')],
    ['0 17-9 * * *', wrong('0 17-9 * * *', 'hour', '0 to 23', '17-9')],
    ['H 4 * * *', wrong('H 4 * * *', 'minute', '0 to 59', 'H')],
    ['0 4 30 2 *', never('0 4 30 2 *')],
    ['0 4 31 4,6,9,11 *', never('0 4 31 4,6,9,11 *')],
    [
      '@dayly',
      `${FIVE} or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, found "@dayly"; did you mean "@daily"?`,
    ],
    [
      '@reboot',
      `${FIVE} or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, found "@reboot"`,
    ],
  ] as const)
    void it(`rejects ${expression}`, () => assert.equal(cronFault(expression), fault));

  void it('computes ticks in the time zone, even when the clocks change', () => {
    const ticks = (zone: string, after: string): string =>
      nextTick('30 2 * * *', zone, new Date(after))?.toISOString() ?? '';
    assert.equal(ticks('UTC', '2026-03-28T12:00:00Z'), '2026-03-29T02:30:00.000Z');
    assert.equal(ticks('Europe/Berlin', '2026-07-01T12:00:00Z'), '2026-07-02T00:30:00.000Z');
    // 02:30 does not exist on that day, but there is still a tick.
    assert.equal(ticks('Europe/Berlin', '2026-03-29T00:00:00Z').slice(0, 10), '2026-03-29');
    assert.equal(nextTick('0 4 30 2 *', 'UTC', new Date()), null);
  });

  void it('describes a schedule in words', () => {
    assert.equal(describeSchedule('20 4 * * *', 'Europe/Berlin'), 'At 04:20, Europe/Berlin');
  });
});
