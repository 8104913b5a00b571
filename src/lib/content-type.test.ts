import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isJsonType } from './content-type.ts';

test('isJsonType accepts the JSON media type, its older names and +json types', () => {
  for (const type of [
    'application/json',
    'APPLICATION/JSON; charset=UTF-8',
    'application/json;charset=utf-8',
    'application/json , application/json',
    'text/json',
    'text/x-json; charset=utf-8',
    'application/x-json',
    'application/problem+json',
    'application/vnd.api-v1.0+json; ext=x',
    'application/geo+json',
    'model/gltf+json',
  ])
    assert.ok(isJsonType(type), type);
});

test('isJsonType rejects all other types', () => {
  for (const type of [
    '',
    'text/html',
    'text/plain; charset=application/json',
    'application/javascript',
    'application/json-seq',
    'application/jsonl',
    'application/x-ndjson',
    'application/json5',
    'application/+json',
    'json',
    'text/html, application/json',
  ])
    assert.ok(!isJsonType(type), type);
});
