import type { Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { chosen, createRandom, hash, pick, roll, type Random } from '../random.ts';
import { coreFlight, outcomeOf } from '../universe/boosters.ts';
import { launchpadOf, shipsOf } from '../universe/fleet.ts';
import { listedAt, listedCount, positionOfId } from '../universe/listing.ts';
import { firstPayload, payloadCount, type Mission } from '../universe/missions.ts';
import { launchSeconds } from '../universe/seasons.ts';
import { capsuleOf, crewOf, rocketOf } from '../universe/staff.ts';
import { REVISIONS, type Universe } from '../universe/universe.ts';
import { coresJson, unknownCore } from './launch-cores.ts';
import { linksJson, NO_LINKS } from './launch-links.ts';
import { FAILURES, FOREIGN_MISSIONS, FOREIGN_SENTENCES, MISSIONS, ROLES, SENTENCES } from './launch-texts.ts';
import { zoneOf } from './launchpads.ts';

type LaunchVersion = 'v4' | 'v5';

const RECORD = 1;
const DELAY = 3;
const LATE_DETAILS = 4;
const DAY = 86_400;
const PRECISIONS = ['half', 'quarter', 'year', 'month'] as const;

/** Launches in order of flight_number. Each launch depends only on its position, so none has to be stored. */
export function createLaunches(universe: Universe, version: LaunchVersion): Collection {
  const { ids } = universe;
  return {
    name: 'launches',
    count: listedCount(universe),
    id: (position) => ids.launch.at(listedAt(universe, position).idIndex),
    indexOf(id) {
      const index = ids.launch.indexOf(id);
      return index === null ? null : positionOfId(universe, index);
    },
    json: (position) => launchJson(universe, position, version),
  };
}

/** Composes text directly, because building and serializing an object takes more than twice as long. */
function launchJson(universe: Universe, position: number, version: LaunchVersion): string {
  const { seed, past, near, ids } = universe;
  const { launch, cancelled, idIndex } = listedAt(universe, position);
  const random = createRandom(hash(seed, idIndex, RECORD));
  const mission = universe.mission(launch);
  const upcoming = launch >= past;
  const planned = !cancelled && launch < near;
  const id = ids.launch.at(idIndex);
  const label = cancelled ? `${launch + 1} (to be cancelled)` : launch + 1;
  const name = `Simulated Mission ${label} ${phrase(random, MISSIONS, FOREIGN_MISSIONS)}`;
  const autoUpdate = random(30) > 0;
  const libraryId = random(3) > 0 ? 'null' : `"simulated-${id.slice(0, 8)}-${launch}"`;
  const seconds = launchSeconds(seed, launch) + (upcoming ? delayOf(universe, idIndex) : 0);
  const pad = launchpadOf(seed, launch);
  const { minutes, offset } = zoneOf(pad);
  const first = coreFlight(seed, mission, 0);
  const outcome = upcoming ? null : outcomeOf(seed, mission, first);
  const ships = upcoming ? '' : shipsJson(universe, launch);
  const dragon = !cancelled && (mission.role === 'cargo' || mission.role === 'crew');
  const staticFire = upcoming || random(3) === 0 ? null : seconds - 60 * (1440 + random(8000));
  return (
    `{"fairings":${dragon ? 'null' : fairings(ships, upcoming, random)},` +
    `"links":${upcoming ? NO_LINKS : linksJson(id, random)},` +
    `"static_fire_date_utc":${staticFire === null ? 'null' : `"${isoSeconds(staticFire)}.000Z"`},` +
    `"static_fire_date_unix":${staticFire},"net":${random(9) === 0},` +
    `"window":${random(5) < 2 ? 'null' : 60 * random(240)},"rocket":"${ids.rocket.at(rocketOf(universe, mission))}",` +
    `"success":${outcome},"failures":[${outcome === false ? failure(random) : ''}],` +
    `"details":${hasDetails(universe, launch) ? details(random) : 'null'},` +
    `"crew":[${planned ? crew(universe, mission, version) : ''}],` +
    `"ships":[${ships}],"capsules":[${dragon && planned ? `"${ids.capsule.at(capsuleOf(mission))}"` : ''}],` +
    `"payloads":[${planned ? payloads(universe, mission) : ''}],"launchpad":"${ids.launchpad.at(pad)}",` +
    `"flight_number":${position + 1},"name":"${name}",` +
    `"date_utc":"${isoSeconds(seconds)}.000Z","date_unix":${seconds},` +
    `"date_local":"${isoSeconds(seconds + minutes * 60)}${offset}",` +
    `"date_precision":"${upcoming ? precisionOf(planned, random) : 'hour'}",` +
    `"upcoming":${upcoming},"cores":[${planned ? coresJson(universe, mission, first) : unknownCore(universe, launch)}],` +
    `"auto_update":${autoUpdate},"tbd":${upcoming && random(4) === 0},` +
    `"launch_library_id":${libraryId},"id":"${id}"}`
  );
}

function precisionOf(planned: boolean, random: Random): string {
  return planned ? 'day' : pick(random, PRECISIONS);
}

/** The dates of planned launches change with each revision. */
function delayOf({ seed, revision }: Universe, idIndex: number): number {
  return DAY * (roll(seed, idIndex, DELAY + 16 * revision) % 60);
}

/** Some text appears late: in the second state, or only in the newest one. */
function hasDetails({ seed, near, revision }: Universe, launch: number): boolean {
  if (launch >= near) return false;
  if (revision === REVISIONS || !chosen(1 / 25, seed, launch, LATE_DETAILS)) return true;
  return revision > 1 && launch % 2 === 0;
}

type Phrases = readonly [string, ...string[]];

/** Returns a random phrase; a record contains about five phrases. */
function phrase(random: Random, plain: Phrases, foreign: Phrases): string {
  return pick(random, random(50) === 0 ? foreign : plain);
}

function failure(random: Random): string {
  const altitude = random(3) === 0 ? 'null' : random(300);
  return `{"time":${random(900) - 100},"altitude":${altitude},"reason":"${pick(random, FAILURES)}"}`;
}

function fairings(ships: string, upcoming: boolean, random: Random): string {
  if (upcoming) return '{"reused":null,"recovery_attempt":null,"recovered":null,"ships":[]}';
  return (
    `{"reused":${maybe(random)},"recovery_attempt":${maybe(random)},` +
    `"recovered":${maybe(random)},"ships":[${ships}]}`
  );
}

function maybe(random: Random): string {
  const die = random(5);
  if (die < 2) return 'null';
  return die < 4 ? 'true' : 'false';
}

function details(random: Random): string {
  if (random(6) === 0) return 'null';
  let sentences = '"Simulated.';
  for (let left = 2 + random(4); left > 0; left -= 1)
    sentences += ` ${phrase(random, SENTENCES, FOREIGN_SENTENCES)}`;
  return random(40) === 0 ? `${sentences}  "` : `${sentences}"`;
}

function crew({ seed, ids }: Universe, mission: Mission, version: LaunchVersion): string {
  let list = '';
  for (const [seat, member] of crewOf(seed, mission).entries()) {
    const id = `"${ids.crew.at(member)}"`;
    list += `${seat === 0 ? '' : ','}${version === 'v4' ? id : `{"crew":${id},"role":"${ROLES[seat]}"}`}`;
  }
  return list;
}

function payloads({ ids }: Universe, mission: Mission): string {
  const first = firstPayload(mission);
  let list = `"${ids.payload.at(first)}"`;
  for (let place = 1; place < payloadCount(mission); place += 1)
    list += `,"${ids.payload.at(first + place)}"`;
  return list;
}

function shipsJson({ seed, ids }: Universe, launch: number): string {
  let list = '';
  for (const ship of shipsOf(seed, launch)) list += `${list === '' ? '' : ','}"${ids.ship.at(ship)}"`;
  return list;
}
