/** A cron expression for every minute of this hour and the next, in a time zone's local time. */
export function theseHours(timeZone: string): string {
  const [now, later] = [0, 3_600_000].map((ms) =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit' }).format(new Date(Date.now() + ms))),
  );
  return `* ${now},${later} * * *`;
}

/** A cron expression for the minute of a moment, in a time zone's local time. */
export function minuteOf(moment: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    moment,
  );
  const [hour, minute] = parts.split(':').map(Number);
  return `${minute} ${hour} * * *`;
}
