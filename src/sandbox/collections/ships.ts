import { collectionOf, type Collection } from '../collection.ts';
import { roll } from '../random.ts';
import { fleetSize, launchesOfBlock, SHIPS, shipsOf } from '../universe/fleet.ts';
import type { Universe } from '../universe/universe.ts';
import { pounds } from './orbits.ts';

const SHIP = 81;
const NAMES = ['Gannet', 'Mock Turtle', 'Señora Ficticia', 'Rubber Duck', 'Sham Rock', 'Pretence'] as const;
const CLASSES = [
  ['Tug', ['Support Ship', 'ASDS Tug']],
  ['Barge', ['ASDS barge']],
  ['Cargo', ['Support Ship', 'Fairing Recovery']],
  ['High Speed Craft', ['Fairing Recovery']],
] as const;

export function createShips(universe: Universe): Collection {
  const { ids, known } = universe;
  return collectionOf('ships', ids.ship, fleetSize(SHIPS, known), (ship, id) =>
    shipRecord(universe, ship, id),
  );
}

/** In all real records, the AIS fields are null and `status` is '' or null. */
function shipRecord({ seed, past, ids }: Universe, ship: number, id: string): object {
  const die = roll(seed, ship, SHIP);
  const [type, roles] = CLASSES[ship % CLASSES.length] ?? CLASSES[0];
  const name = `${NAMES[(die >>> 4) % NAMES.length]} ${ship + 1}`;
  const afloat = type !== 'Barge';
  const kilograms = die % 4 === 0 ? null : 100_000 + (die % 2_500_000);
  const launches = [...launchesOfBlock(SHIPS, ship, past)].filter((launch) =>
    shipsOf(seed, launch).includes(ship),
  );
  const blockEnd = (Math.floor(ship / SHIPS.size) + 1) * SHIPS.launches;
  const inPort = (die >>> 8) % 8 === 0;
  return {
    last_ais_update: null,
    legacy_id: (die >>> 12) % 4 === 0 ? null : `SIM${name.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()}`,
    model: type === 'Barge' ? 'Simulated Hull 7' : null,
    type,
    roles,
    imo: afloat ? 9_000_000 + ship : null,
    mmsi: afloat ? 900_000_000 + ship : null,
    abs: afloat && die % 3 > 0 ? 1_200_000 + ship : null,
    class: afloat && die % 3 > 0 ? 7_200_000 + ship : null,
    mass_kg: kilograms,
    mass_lbs: kilograms === null ? null : Math.round(pounds(kilograms)),
    year_built: die % 9 === 0 ? null : 1970 + (die % 50),
    home_port: ship % 3 === 0 ? 'Port Pretend' : 'Port Example',
    status: (die >>> 16) % 2 === 0 ? '' : null,
    speed_kn: null,
    course_deg: null,
    latitude: inPort ? 18.4655 : null,
    longitude: inPort ? -66.1057 : null,
    link: die % 6 === 0 ? null : `https://ships.example.org/simulated/mmsi:${900_000_000 + ship}`,
    image: die % 7 === 0 ? null : `https://images.example.org/simulated/ships/${id}.jpg`,
    name: `${name} (simulated)`,
    active: past < blockEnd && die % 5 > 0,
    launches: launches.map(ids.launch.at),
    id,
  };
}
