import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { canProve, disproof } from '../../src/adapters/http/archive/proof.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { NOT_RECORDED, recordedBody } from '../suites/recorded.ts';
import { copies, stageArchive } from '../support/archive.ts';

const { resources } = spacex;

const CAPTURED = ['launches', 'rockets', 'capsules', 'crew', 'ships', 'roadster'];
const ALL = resources.map(({ name }) => name);

void describe('recorded responses of the real API, served as an archive', { skip: NOT_RECORDED }, () => {
  void it('provide six resources from captures alone, and no copy of the others', async (t) => {
    const { fail, pull, standIn } = await stageArchive(t, { bodies: recorded() }, { recordingsUrl: null });
    for (const name of ALL) {
      if (CAPTURED.includes(name)) {
        const { body, copy, headers, url } = await pull(name);
        assert.equal(body, bodyOf(name).toString(), name);
        assert.equal(copy?.proof, 'etag', name);
        // A second pull does not fetch the body.
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

  void it('provide every preserved resource from captures and recordings', async (t) => {
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

  void it('have the pinned ETags if they are from the same state', () => {
    const proven = ALL.filter((name) => {
      const known = (copies()[name] ?? []).find((copy) => copy.kind === 'recording');
      const etag = known?.kind === 'recording' ? known.etag : null;
      return canProve(etag) && disproof(bodyOf(name), etag) === null;
    });
    // There is no usable recording of launches and no known ETag for starlink, and the recorded responses for cores and
    // capsules are from a later state.
    const others = ['launches', 'starlink', 'cores', 'capsules'];
    assert.deepEqual(proven.toSorted(), ALL.filter((name) => !others.includes(name)).toSorted());
  });
});

void describe('the list of preserved copies', () => {
  void it('contains at least one copy for each resource', () => {
    assert.deepEqual(Object.keys(copies()).sort(), ALL.toSorted());
    for (const list of Object.values(copies())) assert.ok(list.length > 0);
  });
});

/** The body as the API sent it, without the indentation that was added to the files. */
function bodyOf(name: string): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(recordedBody(name))));
}

function recorded(): Record<string, Buffer> {
  return Object.fromEntries(ALL.map((name) => [name, bodyOf(name)]));
}
