import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { canProve, disproof } from '../../src/adapters/http/archive/proof.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { NOT_RECORDED, recordedBody } from '../suites/recorded.ts';
import { copies, stageArchive } from '../support/archive.ts';

const { resources } = spacex;

const CAPTURED = ['launches', 'rockets', 'capsules', 'crew', 'ships', 'roadster'];
const ALL = resources.map(({ name }) => name);

void describe('recorded answers of the real API, played back', { skip: NOT_RECORDED }, () => {
  void it('with only the six captures are six resources; no copy of the others exists', async (t) => {
    const { fail, pull, standIn } = await stageArchive(t, { bodies: recorded() }, { recordingsUrl: null });
    for (const name of ALL) {
      if (CAPTURED.includes(name)) {
        const { body, copy, headers, url } = await pull(name);
        assert.equal(body, bodyOf(name).toString(), name);
        assert.equal(copy?.proof, 'etag', name);
        // A second run fetches no body.
        const before = standIn.requests().length;
        assert.equal((await pull(name, { url, etag: headers['etag'] ?? null })).status, 304);
        assert.deepEqual(
          standIn
            .requests()
            .slice(before)
            .map(({ status }) => status),
          [302],
        );
      } else {
        const { isAbsent } = await fail(name);
        assert.ok(isAbsent, name);
      }
    }
  });

  void it('with recordings are all resources that were ever preserved', async (t) => {
    const { fail, pull } = await stageArchive(t, { bodies: recorded() });
    const kinds = new Map<string, string>();
    for (const name of ALL.filter((one) => one !== 'starlink')) {
      const { body, copy } = await pull(name);
      assert.equal(body, bodyOf(name).toString(), name);
      kinds.set(name, copy?.file === null ? 'capture' : 'recording');
    }
    assert.deepEqual(
      [...kinds]
        .filter(([, kind]) => kind === 'capture')
        .map(([name]) => name)
        .sort(),
      CAPTURED.toSorted(),
    );
    assert.ok((await fail('starlink')).isAbsent);
  });

  void it('have the pinned ETags, if they are of the same state', () => {
    const proven = ALL.filter((name) => {
      const known = (copies()[name] ?? []).find((copy) => copy.kind === 'recording');
      const etag = known?.kind === 'recording' ? known.etag : null;
      return canProve(etag) && disproof(bodyOf(name), etag) === null;
    });
    // No recording of launches counts, that of starlink was never seen, and cores and capsules have a later
    // state here.
    const others = ['launches', 'starlink', 'cores', 'capsules'];
    assert.deepEqual(proven.toSorted(), ALL.filter((name) => !others.includes(name)).toSorted());
  });
});

void describe('the copies of the source', () => {
  void it('are of its resources, each with a place to look', () => {
    assert.deepEqual(Object.keys(copies()).sort(), ALL.toSorted());
    for (const list of Object.values(copies())) assert.ok(list.length > 0);
  });
});

/** As the API sent it: the files are indented, which only adds white space. */
function bodyOf(name: string): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(recordedBody(name))));
}

function recorded(): Record<string, Buffer> {
  return Object.fromEntries(ALL.map((name) => [name, bodyOf(name)]));
}
