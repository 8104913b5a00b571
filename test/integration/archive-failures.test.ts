import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PipelineError } from '../../src/core/errors.ts';
import { pathOf, stageArchive } from '../support/archive.ts';
import { never, unobserved } from '../support/http-upstream.ts';

const ORIGINAL = 'https://api.spacexdata.com/v4/rockets';
const NEAREST = '20251128034223';
const OLDER = '20240101000000';
const FIRST = `/web/20260605id_/${ORIGINAL}`;
const INDEX = '/cdx/search/cdx';

const playback = (timestamp: string): string => `/web/${timestamp}id_/${ORIGINAL}`;
const spoiled = (fault: string) => ({ [`captures/rockets/${NEAREST}`]: fault });
const isIndex = (path: string): boolean => path.startsWith(INDEX);

/** Faults of the nearest capture, each with the reported reason. */
const UNUSABLE = [
  ['replayed=301', /it redirects to https?:.*a different host|which is not a capture of/],
  ['replayed=404', /it is a capture of an error response \(404\)/],
  ['replayed=429', /it is a capture of an error response \(429\)/],
  ['replayed=525', /it is a capture of an error response \(525\)/],
  ['error-page', /its captured content type is text\/html; charset=UTF-8, not JSON/],
  ['no-memento', /it is not a capture, because it has no Memento-Datetime header/],
  ['blocked', /the archive blocks it: org\.archive\.wayback/],
  ['blocked-page', /the archive blocks it: org\.archive\.wayback/],
  ['loop', /its captures redirect in a loop/],
  ['other-url', /it redirects to .*\/v3\/rockets, which is not a capture of https:\/\/api/],
  ['missing', /the archive has no capture of it/],
] as const;
const DAMAGED = [
  ['truncate', /its body has \d+ bytes instead of the \d+ that its original ETag/],
  ['no-body', /its body has 0 bytes instead of the \d+ that/],
  ['wrong-etag', /its body does not match its original ETag/],
] as const;

void describe('an unusable nearest capture', { concurrency: 4 }, () => {
  for (const [fault, reason] of [...UNUSABLE, ...DAMAGED].filter(([name]) => name !== 'missing')) {
    void it(`is not requested again, and the index is queried once for the newest other capture (${fault})`, async (t) => {
      const { asked, lines, pull } = await stageArchive(t, {
        captures: { rockets: [NEAREST, '20220101000000', OLDER] },
        behaviors: spoiled(fault),
      });
      const { attempts, copy, status } = await pull('rockets');
      assert.equal(status, 200);
      assert.equal(copy?.captured_at, '2024-01-01T00:00:00.000Z');
      assert.equal(copy.proof, 'etag');
      assert.equal(asked().filter(isIndex).length, 1);
      assert.equal(asked().filter((path) => path === FIRST).length, 1);
      assert.equal(asked().filter((path) => path === playback(NEAREST)).length, 1);
      assert.equal(asked().at(-1), playback(OLDER));
      assert.deepEqual(
        attempts.map(({ wait_seconds }) => wait_seconds),
        [0, null],
      );
      assert.match(attempts[0]?.error ?? '', reason);
      assert.ok(
        lines.some(({ message }) => reason.test(message) && message.endsWith('; trying another copy')),
      );
    });
  }

  for (const [fault, reason] of UNUSABLE) {
    void it(`is reported if there is no other capture (${fault})`, async (t) => {
      const options = { captures: { rockets: [NEAREST] }, recordings: [], behaviors: spoiled(fault) };
      const { fail } = await stageArchive(t, options);
      const { attempts, error, isAbsent } = await fail('rockets');
      assert.match(error.message, reason);
      // If the index lists a capture that the archive does not replay, the pull fails.
      assert.equal(isAbsent, /^replayed|^error-page/.test(fault), error.message);
      assert.ok(attempts.every(([, wait]) => wait === null || wait === 0));
    });
  }

  for (const [fault, reason] of DAMAGED) {
    void it(`fails the pull if there is no other capture (${fault})`, async (t) => {
      const options = { captures: { rockets: [NEAREST] }, recordings: [], behaviors: spoiled(fault) };
      const { asked, fail } = await stageArchive(t, options);
      const { error, isAbsent } = await fail('rockets');
      assert.equal(isAbsent, false);
      assert.equal(error.code, 'source');
      assert.equal(error.retryable, false);
      assert.match(error.message, /^Cannot get rockets from a preserved copy: /);
      assert.match(error.message, reason);
      assert.equal(asked().filter((path) => path === playback(NEAREST)).length, 1);
    });
  }

  for (const [fault] of DAMAGED) {
    void it(`fails the pull even if the index lists nothing (${fault})`, async (t) => {
      const { fail } = await stageArchive(t, {
        recordings: [],
        behaviors: { ...spoiled(fault), 'cdx/rockets': 'missing' },
      });
      assert.equal((await fail('rockets')).isAbsent, false);
    });
  }

  for (const [fault] of [...UNUSABLE, ...DAMAGED]) {
    void it(`is replaced by the recording if there is no other capture (${fault})`, async (t) => {
      const { pull } = await stageArchive(t, {
        captures: { rockets: [NEAREST] },
        behaviors: spoiled(fault),
      });
      const { copy } = await pull('rockets');
      assert.equal(copy?.captured_at, '2021-10-16T22:12:09.000Z');
      assert.notEqual(copy.file, null);
    });
  }

  void it('is replaced by another capture if it has no ETag and its body cannot be read', async (t) => {
    const options = { captures: { rockets: [NEAREST, OLDER] }, behaviors: spoiled('truncate,no-etag') };
    const { upstream } = await stageArchive(t, options);
    const tries = upstream.open(
      { resource: 'rockets', path: pathOf('rockets'), kept: null, ...unobserved },
      never,
    );
    const first = await tries.next();
    assert.equal(first.copy?.proof, 'none');
    await tries.failed(
      new PipelineError('Cannot read rockets: it ends too early', { code: 'source', retryable: true }),
    );
    const second = await tries.next();
    assert.equal(second.copy?.captured_at, '2024-01-01T00:00:00.000Z');
    tries.end();
  });
});

void describe('a resource without a preserved copy', { concurrency: 4 }, () => {
  void it('is absent after one request, without an index query', async (t) => {
    const { asked, fail } = await stageArchive(t, { captures: {}, recordings: [] });
    const { attempts, error, isAbsent } = await fail('launches');
    assert.ok(isAbsent);
    assert.match(
      error.message,
      /^Cannot get launches: there is no preserved copy \(http.*: the archive has no capture of it\)$/,
    );
    assert.deepEqual(attempts, [[404, null]]);
    assert.deepEqual(asked(), ['/web/20260605id_/https://api.spacexdata.com/v5/launches']);
  });

  void it('is absent without a request if no copy of it is known', async (t) => {
    const { asked, fail } = await stageArchive(t, {}, { copies: {} });
    const { attempts, isAbsent } = await fail('launches');
    assert.ok(isAbsent);
    assert.deepEqual(attempts, []);
    assert.deepEqual(asked(), []);
  });
});

void describe('the capture index', { concurrency: 4 }, () => {
  for (const [fault, reason] of [
    ['status=403', /it responded with 403/],
    ['status=400', /it responded with 400/],
  ] as const) {
    void it(`fails the pull if it responds with ${fault}, because a copy may still exist`, async (t) => {
      const { asked, fail } = await stageArchive(t, {
        recordings: [],
        behaviors: { ...spoiled('error-page'), 'cdx/rockets': fault },
      });
      const { error, isAbsent } = await fail('rockets');
      assert.equal(isAbsent, false);
      assert.match(error.message, reason);
      assert.equal(asked().filter(isIndex).length, 1);
    });
  }

  for (const fault of ['blocked', 'blocked-page']) {
    void it(`is treated as empty if the archive blocks the captures and the index (${fault})`, async (t) => {
      const { fail } = await stageArchive(t, {
        recordings: [],
        behaviors: { 'captures/rockets': fault, 'cdx/rockets': fault },
      });
      const { error, isAbsent } = await fail('rockets');
      assert.ok(isAbsent);
      assert.match(
        error.message,
        /^Cannot get rockets: there is no preserved copy \(.*: the archive blocks it: org/,
      );
    });
  }

  void it('is queried again after a temporary error, but not after a response', async (t) => {
    const { asked, pull } = await stageArchive(t, {
      captures: { rockets: [NEAREST, OLDER] },
      behaviors: {
        ...spoiled('error-page'),
        'cdx/rockets': 'status=504x1',
        [`captures/rockets/${OLDER}`]: 'status=503x1',
      },
    });
    const { attempts } = await pull('rockets');
    assert.deepEqual(
      attempts.map(({ status }) => status),
      [200, 504, 503, 200],
    );
    assert.equal(asked().filter(isIndex).length, 2);
    assert.equal(asked().filter((path) => path === playback(OLDER)).length, 2);
  });
});
