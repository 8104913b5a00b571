import type { Collection } from './collection.ts';
import { isoSeconds } from './iso-time.ts';
import { createIds, type Ids } from './ids.ts';
import { FAILURES, FOREIGN_MISSIONS, FOREIGN_SENTENCES, MISSIONS, ROLES, SENTENCES } from './launch-texts.ts';
import { chosen, createRandom, hash, pick, type Random } from './random.ts';
import { ROCKET_COUNT } from './rockets.ts';

type LaunchVersion = 'v4' | 'v5';

/** Ids of everything that a launch can name. What many launches share is written once, in JSON's quotes. */
type World = {
  readonly seed: number;
  readonly launches: Ids;
  readonly payloads: Ids;
  readonly rockets: readonly string[];
  readonly cores: readonly string[];
  readonly crew: readonly string[];
  readonly ships: readonly string[];
  readonly capsules: readonly string[];
  readonly launchpads: readonly string[];
  readonly landpads: readonly string[];
};

const RECORD = 1;
const UPCOMING = 2;
const YEAR = 365.25 * 24 * 3600;
const FIRST_LAUNCH = Date.UTC(2010, 0, 4) / 1000;
/** Where launches stand that were put off. */
const FAR_FUTURE = Date.UTC(2110, 0, 1) / 1000;

/** Beginnings of JSON strings. */
const PATCH_SMALL = '"https://images.example.org/simulated/patches/small/';
const PATCH_LARGE = '"https://images.example.org/simulated/patches/large/';
const CAMPAIGN = '"https://forum.example.org/simulated/campaign_thread/';
const DISCUSSION = '"https://forum.example.org/simulated/launch_discussion_and_updates/';
const MEDIA = '"https://forum.example.org/simulated/media_thread/';
const RECOVERY = '"https://forum.example.org/simulated/recovery_thread/';
const PHOTO = '"https://images.example.org/simulated/photos/';
const PRESSKIT = '"https://example.org/simulated/presskits/';
const WEBCAST = '"https://video.example.org/simulated/watch?v=';
const ARTICLE = '"http://news.example.org/simulated/articles/';
const WIKI = '"https://wiki.example.org/simulated/wiki/';
/** By launchpad: the local offset in minutes, and as text. */
const OFFSETS = [
  [-240, '-04:00'],
  [-480, '-08:00'],
  [720, '+12:00'],
  [330, '+05:30'],
  [0, '+00:00'],
] as const;

/** Launches in the order of flight_number. Record i follows from the seed and i alone, so that none need be kept. */
export function createLaunches(seed: number, count: number, version: LaunchVersion): Collection {
  const world = createWorld(seed);
  return {
    name: 'launches',
    count,
    id: world.launches.at,
    indexOf: world.launches.indexOf,
    json: (index) => launchJson(world, index, version),
  };
}

/** One launch in twelve has not flown yet. */
export function isUpcoming(seed: number, index: number): boolean {
  return chosen(1 / 12, seed, index, UPCOMING);
}

/** Written as text: building an object and serialising it takes more than twice as long. */
function launchJson(world: World, index: number, version: LaunchVersion): string {
  const random = createRandom(hash(world.seed, index, RECORD));
  const upcoming = isUpcoming(world.seed, index);
  const id = world.launches.at(index);
  const seconds = upcoming ? FAR_FUTURE + 60 * random(4_000_000) : launchTime(index, random);
  const pad = random(OFFSETS.length);
  const [offset, offsetText] = OFFSETS[pad] ?? OFFSETS[0];
  const outcome = upcoming ? 'null' : outcomeOf(random);
  const rocket = rocketOf(index, upcoming, random);
  const ships = some(world.ships, random(3), random);
  const manned = random(20) === 0;
  const payloads = upcoming && random(2) === 0 ? '' : `"${world.payloads.at(index)}"`;
  const staticFire = random(3) === 0 ? null : seconds - 60 * (1440 + random(8000));
  return (
    `{"fairings":${manned ? 'null' : fairings(ships, random)},"links":${links(id, random)},` +
    `"static_fire_date_utc":${staticFire === null ? 'null' : `"${isoSeconds(staticFire)}.000Z"`},` +
    `"static_fire_date_unix":${staticFire},"net":${random(9) === 0},` +
    `"window":${random(5) < 2 ? 'null' : 60 * random(240)},"rocket":${world.rockets[rocket]},` +
    `"success":${outcome},"failures":[${outcome === 'false' ? failure(random) : ''}],` +
    `"details":${details(random)},"crew":[${manned ? crew(world.crew, version, random) : ''}],` +
    `"ships":[${ships}],"capsules":[${manned ? some(world.capsules, 1, random) : ''}],` +
    `"payloads":[${payloads}],"launchpad":${world.launchpads[pad]},"flight_number":${index + 1},` +
    `"name":"Simulated Mission ${index + 1} ${phrase(random, MISSIONS, FOREIGN_MISSIONS)}",` +
    `"date_utc":"${isoSeconds(seconds)}.000Z","date_unix":${seconds},` +
    `"date_local":"${isoSeconds(seconds + offset * 60)}${offsetText}",` +
    `"date_precision":"${upcoming ? pick(random, ['half', 'quarter', 'year', 'month', 'day']) : 'hour'}",` +
    `"upcoming":${upcoming},"cores":[${cores(world, rocket, upcoming, random)}],` +
    `"auto_update":${random(30) > 0},"tbd":${upcoming && random(4) === 0},` +
    `"launch_library_id":${random(3) > 0 ? 'null' : `"simulated-${id.slice(0, 8)}-${index}"`},"id":"${id}"}`
  );
}

/** Ever more often: 16 years hold the first 200 launches, 84 years the first million. */
function launchTime(index: number, random: Random): number {
  const gap = (8 * YEAR) / (31 + index);
  const seconds = FIRST_LAUNCH + 8 * YEAR * Math.log(1 + index / 30) + random(gap);
  return 60 * Math.floor(seconds / 60);
}

function rocketOf(index: number, upcoming: boolean, random: Random): number {
  if (index < 5) return 0;
  const die = random(20);
  if (upcoming && die < 5) return ROCKET_COUNT - 1;
  return die < 18 ? 1 : 2;
}

function outcomeOf(random: Random): string {
  const die = random(100);
  if (die === 0) return 'null';
  return die < 5 ? 'false' : 'true';
}

type Phrases = readonly [string, ...string[]];

/** Some five of these are in a record. */
function phrase(random: Random, plain: Phrases, foreign: Phrases): string {
  return pick(random, random(50) === 0 ? foreign : plain);
}

function failure(random: Random): string {
  const altitude = random(3) === 0 ? 'null' : random(300);
  return `{"time":${random(900) - 100},"altitude":${altitude},"reason":"${pick(random, FAILURES)}"}`;
}

function fairings(ships: string, random: Random): string {
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

function links(id: string, random: Random): string {
  const tail = `${id}"`;
  const video = random(12) === 0 ? null : id.slice(13);
  let photos = '';
  for (let left = random(6); left > 0; left -= 1) photos += `${PHOTO}${left}-${tail}${left > 1 ? ',' : ''}`;
  return (
    `{"patch":{"small":${page(PATCH_SMALL, tail, random)},"large":${page(PATCH_LARGE, tail, random)}},` +
    `"reddit":{"campaign":${page(CAMPAIGN, tail, random)},"launch":${page(DISCUSSION, tail, random)},` +
    `"media":${page(MEDIA, tail, random)},"recovery":${page(RECOVERY, tail, random)}},` +
    `"flickr":{"small":[],"original":[${photos}]},"presskit":${page(PRESSKIT, tail, random)},` +
    `"webcast":${video === null ? 'null' : `${WEBCAST}${video}"`},` +
    `"youtube_id":${video === null ? 'null' : `"${video}"`},` +
    `"article":${page(ARTICLE, tail, random)},"wikipedia":${page(WIKI, tail, random)}}`
  );
}

function page(url: string, tail: string, random: Random): string {
  return random(3) === 0 ? 'null' : url + tail;
}

function crew(people: readonly string[], version: LaunchVersion, random: Random): string {
  const first = random(people.length);
  const members = ROLES.slice(0, 1 + random(ROLES.length)).map((role, seat) => {
    const id = one(people, first + seat);
    return version === 'v4' ? id : `{"crew":${id},"role":"${role}"}`;
  });
  return members.join();
}

function cores(world: World, rocket: number, upcoming: boolean, random: Random): string {
  const count = rocket === 2 ? 3 : 1;
  const first = random(100);
  let list = '';
  for (let seat = 0; seat < count; seat += 1) {
    list += (seat === 0 ? '' : ',') + core(world, first + seat, upcoming, random);
  }
  return list;
}

function core(world: World, index: number, upcoming: boolean, random: Random): string {
  if (upcoming && random(2) === 0) {
    return '{"core":null,"flight":null,"gridfins":null,"legs":null,"reused":null,"landing_attempt":null,"landing_success":null,"landing_type":null,"landpad":null}';
  }
  const flight = 1 + random(9);
  const fins = random(8) > 0;
  const landing = upcoming
    ? '"landing_attempt":null,"landing_success":null,"landing_type":null,"landpad":null'
    : `"landing_attempt":true,"landing_success":${random(12) > 0},` +
      `"landing_type":"${pick(random, ['ASDS', 'RTLS'])}","landpad":${one(world.landpads, random(7))}`;
  const expended = '"landing_attempt":false,"landing_success":null,"landing_type":null,"landpad":null';
  return (
    `{"core":${one(world.cores, index)},"flight":${flight},"gridfins":${fins},"legs":${fins},` +
    `"reused":${flight > 1},${fins ? landing : expended}}`
  );
}

function one(pool: readonly string[], index: number): string {
  return pool[index % pool.length] ?? 'null';
}

/** Neighbours, so that none comes twice. */
function some(pool: readonly string[], count: number, random: Random): string {
  if (count === 0) return '';
  const first = random(pool.length);
  let list = one(pool, first);
  for (let step = 1; step < count; step += 1) list += `,${one(pool, first + step)}`;
  return list;
}

function createWorld(seed: number): World {
  const pool = (kind: Parameters<typeof createIds>[1], size: number): readonly string[] => {
    const ids = createIds(seed, kind);
    return Array.from({ length: size }, (_, index) => `"${ids.at(index)}"`);
  };
  return {
    seed,
    launches: createIds(seed, 'launch'),
    payloads: createIds(seed, 'payload'),
    rockets: pool('rocket', ROCKET_COUNT),
    cores: pool('core', 100),
    crew: pool('crew', 30),
    ships: pool('ship', 12),
    capsules: pool('capsule', 20),
    launchpads: pool('launchpad', OFFSETS.length),
    landpads: pool('landpad', 7),
  };
}
