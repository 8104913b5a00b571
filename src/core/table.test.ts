import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { listTableOf, mainTable, notNull, orNull, type RowOf } from './table.ts';

describe('columns', () => {
  it('have the type, the description and the options', () => {
    assert.deepEqual(notNull.double('Mass.'), { type: 'double precision', nullable: false, doc: 'Mass.' });
    assert.deepEqual(orNull.id('Rocket.', { references: 'rockets' }), {
      type: 'id',
      references: 'rockets',
      doc: 'Rocket.',
    });
    assert.deepEqual(notNull.date('Day.', { stamp: true }), {
      type: 'date',
      nullable: false,
      stamp: true,
      doc: 'Day.',
    });
  });
});

const columns = { id: notNull.id('Id of the pad.'), name: orNull.text('Name.') };
const main = mainTable('pads', 'Pads.', columns);
const list = listTableOf('pad_id', 'landing pad')('pad_images', 'Photographs.', {
  url: notNull.text('URL.'),
});

it('a main table is keyed by the id', () => {
  assert.deepEqual(main, { name: 'pads', doc: 'Pads.', key: ['id'], owner: 'id', columns });
});

it('the table for a list is keyed by the record and the position', () => {
  assert.deepEqual(list, {
    name: 'pad_images',
    doc: 'Photographs.',
    key: ['pad_id', 'position'],
    owner: 'pad_id',
    columns: {
      pad_id: notNull.id('Landing pad.'),
      position: notNull.integer("Position in the landing pad's list, starting at 0."),
      url: notNull.text('URL.'),
    },
  });
  assert.deepEqual(Object.keys(list.columns), ['pad_id', 'position', 'url']);
  const described = listTableOf('pad_id', 'landing pad', 'Pad or ship.')('pad_images', 'Photographs.', {});
  assert.equal(described.columns.pad_id.doc, 'Pad or ship.');
});

it('the compiler rejects a second column with the name of a key column', () => {
  const padList = listTableOf('pad_id', 'pad');
  // @ts-expect-error -- the position is an integer
  const { columns: own } = padList('pads', 'Pads.', { position: orNull.text('Place.') });
  // @ts-expect-error -- the owner is never null
  const { columns: owned } = padList('pads', 'Pads.', { pad_id: orNull.id('Pad.') });
  for (const columnsOf of [own, owned]) assert.deepEqual(Object.keys(columnsOf), ['pad_id', 'position']);
});

it('the compiler checks rows against their tables', () => {
  const rows: readonly [RowOf<typeof main>, RowOf<typeof list>] = [
    { id: 'a', name: null },
    { pad_id: 'a', position: 0, url: 'b' },
  ];
  // @ts-expect-error -- a column that is never null
  const withNull: RowOf<typeof main> = { id: null, name: null };
  // @ts-expect-error -- a value of the wrong type
  const withText: RowOf<typeof list> = { pad_id: 'a', position: '0', url: 'b' };
  // @ts-expect-error -- a missing column
  const withoutOwner: RowOf<typeof list> = { position: 0, url: 'b' };
  assert.equal([...rows, withNull, withText, withoutOwner].length, 5);
});
