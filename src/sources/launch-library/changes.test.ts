import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PageQuery } from '../../core/paging.ts';
import { launchChanges } from './changes.ts';

const FROM = '2026-03-01T12:00:00Z';
const TO = '2026-03-01T12:00:01Z';

function query(ask: PageQuery, scope = '121'): string {
  return launchChanges.query(ask, { pageSize: 30, scope });
}

test('a full pull requests all launches of a provider, oldest change first', () => {
  const all = 'mode=detailed&limit=30&ordering=last_updated';
  assert.equal(query({ by: 'change', from: null }), `lsp__id=121&${all}`);
  assert.equal(query({ by: 'change', from: null }, 'all'), all);
});

test('requests changes since a given time, in a readable query string', () => {
  assert.equal(
    query({ by: 'change', from: FROM }),
    `lsp__id=121&mode=detailed&limit=30&ordering=last_updated&last_updated__gte=${FROM}`,
  );
  assert.match(
    query({ by: 'change', from: '2026-03-01T13:00:00+01:00' }),
    /gte=2026-03-01T13:00:00%2B01:00$/,
  );
});

test('requests launches with the same time by id, page by page', () => {
  const one = `lsp__id=121&mode=detailed&limit=30&ordering=id&last_updated__gte=${FROM}&last_updated__lte=${TO}`;
  const ask = { by: 'id', from: FROM, to: TO, total: null } as const;
  assert.equal(query({ ...ask, offset: 0 }), one);
  assert.equal(query({ ...ask, offset: 60 }), `${one}&offset=60`);
});
