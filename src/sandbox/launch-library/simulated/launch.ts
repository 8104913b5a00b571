import type { LaunchRecord } from '../world.ts';
import { launcherStages } from './boosters.ts';
import { isoTime, launchId, launchName, missionName } from './names.ts';
import { agencyOf, agencyRecord, API, configurationRecord, image, orbitRecord, padRecord } from './places.ts';
import { planOf } from './plan.ts';
import { revisionTimes, type Moment } from './timeline.ts';

export type Counts = {
  /** The slot of the oldest launch. */
  readonly first: number;
  /** The number of launches that have flown at the time of the request. */
  readonly flown: number;
};

/** A launch with all details, in its state at a given moment. */
export function launchRecord(seed: number, moment: Moment, { first, flown }: Counts): LaunchRecord {
  const { slot, updated } = moment;
  const id = launchId(seed, slot);
  const name = launchName(slot);
  const agency = agencyRecord(agencyOf(slot), flown);
  const { status, net, precision, windowMilliseconds, probability, weather, failure } = planOf(seed, moment);
  const isDesignated = moment.stage === 5;
  return {
    id,
    url: `${API}/launches/${id}/`,
    name,
    response_mode: 'detailed',
    slug: `simulated-${id.slice(0, 8)}`,
    launch_designator: isDesignated ? `${isoTime(net).slice(0, 4)}-S${slot + 10_000}` : null,
    status,
    last_updated: isoTime(updated),
    net: isoTime(net),
    net_precision: precision,
    window_end: isoTime(net + windowMilliseconds),
    window_start: isoTime(net),
    image: slot % 4 === 0 ? null : image(40_000 + slot, name),
    infographic: null,
    probability,
    weather_concerns: weather,
    failreason: failure,
    hashtag: null,
    launch_service_provider: agency,
    rocket: {
      id: 100_000 + slot,
      configuration: configurationRecord(slot, flown),
      launcher_stage: launcherStages(seed, first, moment),
      spacecraft_stage: [],
      payloads: [],
    },
    mission: {
      id: 200_000 + slot,
      name: missionName(slot),
      type: 'Communications',
      description: 'Simulated. A launch that was never planned.',
      image: null,
      orbit: orbitRecord(slot),
      agencies: slot % 3 === 0 ? [agency] : [],
      info_urls: [],
      vid_urls: [],
    },
    pad: padRecord(slot, flown),
    webcast_live: moment.stage === 1,
    program: [],
    ...attempts(slot - first + 1),
    flightclub_url: null,
    updates: updates(seed, moment),
    info_urls: [],
    vid_urls: [],
    timeline: [],
    pad_turnaround: 'P10DT2H30M',
    mission_patches: [],
  };
}

/** The counters that include this launch. */
function attempts(number: number): LaunchRecord {
  return Object.fromEntries(
    ['', '_year'].flatMap((suffix) =>
      ['orbital', 'location', 'pad', 'agency'].map((what) => [
        `${what}_launch_attempt_count${suffix}`,
        suffix === '' ? number : (number % 146) + 1,
      ]),
    ),
  );
}

/** The librarians' change log, newest first. */
function updates(seed: number, moment: Moment): readonly LaunchRecord[] {
  return revisionTimes(seed, moment)
    .map((time, index) => ({
      id: 1_000_000 + 64 * moment.slot + index,
      profile_image: null,
      comment: index === 0 ? 'Added simulated launch.' : `Simulated update ${index} of the plan.`,
      info_url: index % 3 === 0 ? '' : null,
      created_by: 'Simulated Librarian',
      created_on: isoTime(time),
    }))
    .toReversed();
}
