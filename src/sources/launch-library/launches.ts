import { durationSeconds } from '../../core/formats.ts';
import { defineResource } from '../../core/resource.ts';
import type { Static } from '../../core/schema.ts';
import { nonBlank } from '../../core/text.ts';
import { launchChanges } from './changes.ts';
import { launchChecks } from './checks.ts';
import { contract } from './contract.ts';
import { omitted } from './ignored.ts';
import { boosters, launches, updates, versions } from './tables.ts';

type Launch = Static<typeof contract>;
type Stage = NonNullable<Launch['rocket']>['launcher_stage'][number];

export default defineResource({
  name: 'launches',
  description:
    "Past and planned launches, their boosters, the librarians' notes, and every version received.",
  path: '/launches/',
  shape: 'array',
  pull: 'changes',
  changes: launchChanges,
  contract,
  tables: [launches, boosters, updates, versions],
  transform(launch) {
    const { id, mission, pad, rocket } = launch;
    const plan = planOf(launch);
    const provider = launch.launch_service_provider;
    const configuration = rocket?.configuration;
    return {
      launches: [
        {
          id,
          ...plan,
          slug: nonBlank(launch.slug),
          launch_designator: nonBlank(launch.launch_designator),
          last_updated: launch.last_updated,
          hashtag: nonBlank(launch.hashtag),
          provider_id: provider?.id ?? null,
          provider_name: nonBlank(provider?.name),
          provider_type: nonBlank(provider?.type?.name),
          rocket_family: nonBlank(configuration?.families.map(({ name }) => name.trim()).join(', ')),
          rocket_variant: nonBlank(configuration?.variant),
          mission_id: mission?.id ?? null,
          mission_name: nonBlank(mission?.name),
          mission_type: nonBlank(mission?.type),
          mission_description: nonBlank(mission?.description),
          orbit_id: mission?.orbit?.id ?? null,
          orbit_name: nonBlank(mission?.orbit?.name),
          orbit_abbrev: nonBlank(mission?.orbit?.abbrev),
          pad_latitude_deg: pad?.latitude ?? null,
          pad_longitude_deg: pad?.longitude ?? null,
          location_id: pad?.location?.id ?? null,
          location_name: nonBlank(pad?.location?.name),
          location_country_code: nonBlank(pad?.location?.country?.alpha_3_code),
          location_timezone: nonBlank(pad?.location?.timezone_name),
        },
      ],
      launch_boosters: firstOfEach(rocket?.launcher_stage ?? []).map((stage) => boosterOf(id, stage)),
      launch_updates: firstOfEach(launch.updates).map((update) => ({
        launch_id: id,
        update_id: update.id,
        created_by: nonBlank(update.created_by),
        created_on: update.created_on,
        comment: nonBlank(update.comment),
        info_url: nonBlank(update.info_url),
      })),
      launch_versions: [{ launch_id: id, last_updated: launch.last_updated, ...plan }],
    };
  },
  omitted,
  checks: launchChecks,
  eventTime: { table: 'launches', column: 'last_updated' },
  exampleQuery: 'SELECT name, net, net_precision_name, pad_name, status_name FROM next_launches LIMIT 5',
});

function planOf({ net_precision, pad, rocket, status, ...launch }: Launch) {
  return {
    name: launch.name.trim(),
    status_id: status.id,
    status_name: nonBlank(status.name),
    status_abbrev: nonBlank(status.abbrev),
    net: launch.net,
    net_precision_id: net_precision?.id ?? null,
    net_precision_name: nonBlank(net_precision?.name),
    window_start: launch.window_start,
    window_end: launch.window_end,
    probability_pct: launch.probability,
    weather_concerns: nonBlank(launch.weather_concerns),
    fail_reason: nonBlank(launch.failreason),
    rocket_configuration_id: rocket?.configuration?.id ?? null,
    rocket_name: nonBlank(rocket?.configuration?.full_name),
    pad_id: pad?.id ?? null,
    pad_name: nonBlank(pad?.name),
  };
}

function boosterOf(launch_id: string, { landing, launcher, ...stage }: Stage) {
  return {
    launch_id,
    stage_id: stage.id,
    stage_type: nonBlank(stage.type),
    reused: stage.reused,
    flight_number: stage.launcher_flight_number,
    launcher_id: launcher?.id ?? null,
    launcher_serial: nonBlank(launcher?.serial_number),
    launcher_flight_proven: launcher?.flight_proven ?? null,
    launcher_is_placeholder: launcher?.is_placeholder ?? null,
    launcher_status_id: launcher?.status?.id ?? null,
    launcher_status_name: nonBlank(launcher?.status?.name),
    previous_launch_id: stage.previous_flight?.id ?? null,
    previous_launch_date: stage.previous_flight_date,
    turnaround_s: durationSeconds(stage.turn_around_time),
    landing_attempt: landing?.attempt ?? null,
    landing_success: landing?.success ?? null,
    landing_type_abbrev: nonBlank(landing?.type?.abbrev),
    landing_type_name: nonBlank(landing?.type?.name),
    landing_location_id: landing?.landing_location?.id ?? null,
    landing_location_abbrev: nonBlank(landing?.landing_location?.abbrev),
    landing_location_name: nonBlank(landing?.landing_location?.name),
    downrange_km: landing?.downrange_distance ?? null,
  };
}

/** Keeps only the first element with each id, as the program does for records. */
function firstOfEach<T extends { readonly id: number }>(all: readonly T[]): readonly T[] {
  const seen = new Set<number>();
  return all.filter(({ id }) => !seen.has(id) && seen.add(id));
}
