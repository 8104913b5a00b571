import { collectionOf, type Collection } from '../collection.ts';
import type { Universe } from '../universe/universe.ts';

export function createCompany({ ids }: Universe): Collection {
  const records = collectionOf('company', ids.company, 1, (_index, id) => ({
    headquarters: { address: '1 Example Street', city: 'Sampleton', state: 'Simulatia' },
    links: {
      website: 'https://example.org/simulated/',
      flickr: 'https://images.example.org/simulated/company/',
      twitter: 'https://social.example.org/simulated/company',
      elon_twitter: 'https://social.example.org/simulated/founder',
    },
    name: 'Simulated Launch Works',
    founder: 'Ada Placeholder',
    founded: 2003,
    employees: 4_321,
    vehicles: 4,
    launch_sites: 5,
    test_sites: 2,
    ceo: 'Ada Placeholder',
    cto: 'Bela Lorem',
    coo: 'Chidi Beispiel',
    cto_propulsion: 'Emi Quux',
    valuation: 12_345_678_900,
    summary: 'Simulated. A company that builds nothing, launches often, and "keeps its books in order".',
    id,
  }));
  return { ...records, isSingle: true };
}
