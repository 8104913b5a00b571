import { anything, object, optional } from '../../core/contract.ts';
import type { ObjectSchema, Schema } from '../../core/schema.ts';

const COUNTERS =
  'total_launch_count consecutive_successful_launches successful_launches failed_launches pending_launches ' +
  'attempted_landings successful_landings failed_landings consecutive_successful_landings';

/** The names of fields that no table needs, by the object that contains them. */
const IGNORED: Readonly<Record<string, string>> = {
  '':
    'url response_mode image infographic webcast_live program flightclub_url info_urls vid_urls timeline mission_patches ' +
    'pad_turnaround orbital_launch_attempt_count location_launch_attempt_count pad_launch_attempt_count ' +
    'agency_launch_attempt_count orbital_launch_attempt_count_year location_launch_attempt_count_year ' +
    'pad_launch_attempt_count_year agency_launch_attempt_count_year',
  '/status': 'description',
  '/net_precision': 'abbrev description',
  '/launch_service_provider':
    'response_mode url abbrev featured country description administrator founding_year launchers spacecraft parent image ' +
    `logo social_logo info_url wiki_url social_media_links ${COUNTERS} attempted_landings_spacecraft ` +
    'successful_landings_spacecraft failed_landings_spacecraft attempted_landings_payload successful_landings_payload ' +
    'failed_landings_payload',
  '/launch_service_provider/type': 'id',
  '/rocket': 'id spacecraft_stage payloads',
  '/rocket/configuration':
    'response_mode url name active is_placeholder manufacturer program reusable image info_url wiki_url description alias ' +
    'min_stage max_stage length diameter maiden_flight launch_cost launch_mass leo_capacity gto_capacity geo_capacity ' +
    `sso_capacity to_thrust apogee fastest_turnaround ${COUNTERS}`,
  '/rocket/configuration/families/*': `response_mode id manufacturer parent description active maiden_flight ${COUNTERS}`,
  '/rocket/launcher_stage/*/launcher':
    'response_mode url image details launcher_config flights last_launch_date first_launch_date fastest_turnaround ' +
    'attempted_landings successful_landings',
  '/rocket/launcher_stage/*/landing': 'id url response_mode description',
  '/rocket/launcher_stage/*/landing/landing_location':
    'active description location longitude latitude image celestial_body attempted_landings successful_landings failed_landings',
  '/rocket/launcher_stage/*/landing/type': 'id description',
  '/rocket/launcher_stage/*/previous_flight': 'url name',
  '/mission': 'image agencies info_urls vid_urls',
  '/mission/orbit': 'celestial_body',
  '/pad':
    'url active agencies image description info_url wiki_url map_url map_image country total_launch_count ' +
    'orbital_launch_attempt_count fastest_turnaround',
  '/pad/location':
    'response_mode url celestial_body active description image map_image longitude latitude total_launch_count total_landing_count',
  '/pad/location/country': 'id name alpha_2_code nationality_name nationality_name_composed',
  '/updates/*': 'profile_image',
};

function namesAt(pointer: string): readonly string[] {
  return IGNORED[pointer]?.split(' ') ?? [];
}

/** An object with these members. Fields that are ignored at this pointer may have any value. */
export function objectAt<const P extends Readonly<Record<string, Schema>>>(
  pointer: string,
  members: P,
): ObjectSchema<P> {
  const ignored = namesAt(pointer).map((name) => [name, optional(anything())] as const);
  return object<P>({ ...members, ...Object.fromEntries(ignored) });
}

/** Every ignored field by its pointer, with the reason. */
export const omitted: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(IGNORED).flatMap((pointer) =>
    namesAt(pointer).map((name) => [`${pointer}/${name}`, reason(name)] as const),
  ),
);

function reason(name: string): string {
  if (/_count|_launches|_landings|turnaround|^flights$/.test(name))
    return 'a counter that changes without updating last_updated';
  if (/url|image|logo|links|patches|infographic/.test(name)) return 'a link or an image';
  return 'unrelated to the launch itself, or duplicated in a different field';
}
