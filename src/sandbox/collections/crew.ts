import { collectionOf, type Collection } from '../collection.ts';
import { roll } from '../random.ts';
import { CREW_SEATS, teamsFor } from '../universe/missions.ts';
import { launchesOfMember } from '../universe/staff.ts';
import type { Universe } from '../universe/universe.ts';

const MEMBER = 101;
const FIRST_NAMES = ['Ada', 'Bela', 'Chidi', 'Dörte', 'Emi', 'Farid', 'Gwen', 'Hana', 'Ígor', 'Jun'] as const;
const LAST_NAMES = [
  'Placeholder',
  'Lorem',
  'Beispiel',
  'Ejemplo',
  'Rei',
  'Quux',
  "O'Sample",
  'Mustermann',
] as const;
const AGENCIES = [
  'Simulated Launch Works',
  'Example Space Agency',
  'Bureau of Pretend Affairs',
  null,
] as const;
const FORMER = ['inactive', 'retired', 'active', 'unknown'] as const;

export function createCrew(universe: Universe): Collection {
  const { ids, seasons, known } = universe;
  return collectionOf('crew', ids.crew, CREW_SEATS * teamsFor(seasons, known), (member, id) =>
    memberRecord(universe, member, id),
  );
}

function memberRecord(universe: Universe, member: number, id: string): object {
  const { seed, past, ids } = universe;
  const die = roll(seed, member, MEMBER);
  const all = launchesOfMember(universe, member);
  const launches = all.filter((launch) => launch < past);
  const [first, last] = [FIRST_NAMES[die % FIRST_NAMES.length], LAST_NAMES[(die >>> 8) % LAST_NAMES.length]];
  return {
    name: `${first} ${last} ${member + 1}`,
    agency: AGENCIES[(die >>> 16) % AGENCIES.length],
    image: die % 11 === 0 ? null : `https://images.example.org/simulated/crew/${id}.png`,
    wikipedia: die % 5 === 0 ? null : `https://wiki.example.org/simulated/wiki/${id}`,
    launches: launches.map(ids.launch.at),
    status: launches.length < all.length ? 'active' : FORMER[(die >>> 20) % FORMER.length],
    id,
  };
}
