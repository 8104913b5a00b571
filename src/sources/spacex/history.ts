import { bigint, nullable, object, objectId, text, timestamp } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';

/** GET /v4/history. */
const contract = object({
  id: objectId(),
  title: nullable(text()),
  event_date_utc: nullable(timestamp()),
  event_date_unix: nullable(bigint()),
  details: nullable(text()),
  links: object({ article: nullable(text()) }),
});

export default defineResource({
  name: 'history',
  description: 'Historic events: what happened, when, and an article about it.',
  path: '/v4/history',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('history', 'Historic events.', {
      id: notNull.id('Id of the event in the API.'),
      title: orNull.text('Title of the event.'),
      event_date_utc: orNull.timestamptz('Time of the event.'),
      event_date_unix: orNull.bigint('The same time in seconds since 1970, as given by the API.'),
      details: orNull.text('Description of what happened.'),
      article_url: orNull.text('An article about the event.'),
    }),
  ],
  transform(event) {
    return {
      history: [
        {
          id: event.id,
          title: trimmed(event.title),
          event_date_utc: event.event_date_utc,
          event_date_unix: event.event_date_unix,
          details: trimmed(event.details),
          article_url: trimmed(event.links.article),
        },
      ],
    };
  },
  checks: [
    {
      name: 'history_unix_differs',
      severity: 'error',
      description: 'The Unix timestamp does not match the date',
      sql: `SELECT id, title AS detail FROM history WHERE event_date_unix <> extract(epoch FROM event_date_utc)::bigint`,
    },
  ],
  eventTime: { table: 'history', column: 'event_date_utc' },
  exampleQuery: 'SELECT event_date_utc, title FROM history ORDER BY event_date_utc DESC',
});
