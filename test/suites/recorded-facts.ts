import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { Lab } from './target-lab.ts';

/**
 * Known errors and empty values in the recorded responses that do not contradict anything: the number of rows by
 * table and condition.
 */
const FACTS: readonly (readonly [table: string, where: string, count: number])[] = [
  ['launches', 'NOT upcoming', 187],
  ['launches', 'success', 181],
  ['launches', 'NOT success', 5],
  ['launches', "launch_date_precision = 'hour'", 192],
  ['launches', "launch_date_precision = 'month'", 8],
  ['launches', "launch_date_precision = 'day'", 5],
  ['launches', 'tbd OR net', 0], // both fields carry no information
  [
    'launches', // the local day differs from the day in UTC
    `(launch_date_local AT TIME ZONE 'UTC' + launch_utc_offset_minutes * interval '1 minute')::date
       <> (launch_date_utc AT TIME ZONE 'UTC')::date`,
    44,
  ],
  ['launches', 'window_s IS NULL', 88],
  ['launches', 'window_s = 0', 75],
  ['launches', 'launch_library_id IS NULL', 133],
  ['launches', 'presskit_url IS NULL', 114],
  ['launches', 'reddit_media_url IS NULL', 117],
  ['launches', 'reddit_recovery_url IS NULL', 110],
  ['launches', 'reddit_campaign_url IS NULL', 55],
  ['launches', 'reddit_launch_url IS NULL', 41],
  ['launches', 'article_url IS NULL', 63],
  ['launches', 'wikipedia_url IS NULL', 50],
  ['launches', 'webcast_url IS NULL', 17],
  ['launches', 'patch_small_url IS NULL', 16],
  ['launches', "details ~ '[\\u00a0\\n]'", 2], // RatSat, OG-2 M1; the newline at the end of CRS-17 is trimmed
  ['launches', 'details <> btrim(details) OR name <> btrim(name)', 0], // SSO-A and CRS-17 are trimmed
  ['launches', "NOT EXISTS (SELECT FROM launch_images i WHERE i.launch_id = t.id AND size = 'small')", 205],
  ['launches', "NOT EXISTS (SELECT FROM launch_images i WHERE i.launch_id = t.id AND size = 'original')", 70],
  ['launch_cores', 'core_id IS NULL', 19],
  ['launch_cores', 'landing_attempt IS NULL', 22],
  ['launch_cores', "landing_attempt AND landpad_id IS NULL AND landing_type = 'Ocean'", 7],
  ['launch_failures', 'altitude_km IS NULL', 1], // FalconSat
  ['payloads', 'mass_kg IS NULL', 29],
  ['payloads', 'periapsis_km IS NULL', 109],
  ['payloads', 'apoapsis_km IS NULL', 109],
  ['payloads', 'inclination_deg IS NULL', 105],
  ['payloads', 'semi_major_axis_km IS NULL', 111],
  ['payloads', 'regime IS NULL', 3],
  ['payloads', 'orbit IS NULL', 1],
  ['payloads', 'NOT EXISTS (SELECT FROM payload_norad_ids n WHERE n.payload_id = t.id)', 108],
  ['payloads', 'NOT EXISTS (SELECT FROM payload_manufacturers n WHERE n.payload_id = t.id)', 18],
  ['payloads', 'NOT EXISTS (SELECT FROM payload_nationalities n WHERE n.payload_id = t.id)', 4],
  ['payloads', 'NOT EXISTS (SELECT FROM payload_customers n WHERE n.payload_id = t.id)', 4],
  ['cores', 'block IS NULL', 5],
  ['cores', 'last_update IS NULL', 14],
  ['cores', "serial NOT LIKE 'B%'", 5], // Falcon 1 cores, which are named after their engines
  ['capsules', 'last_update IS NULL', 3],
  ['capsules', 'dragon_id IS NULL', 25], // exists only in the API's own schema
  ['capsules', "type = 'Dragon 1.1' AND status = 'active'", 6], // retired long ago
  ['ships', 'status IS NULL', 12],
  ['ships', 'latitude_deg IS NULL', 27],
  ['ships', 'last_ais_update IS NULL AND speed_kn IS NULL AND course_deg IS NULL', 29],
  ['ships', 'imo IS NULL', 8],
  ['ships', 'mmsi IS NULL', 5],
  ['ships', 'year_built IS NULL', 3],
  ['ships', 'legacy_id IS NULL', 7],
  ['rockets', "engine_version = ''", 1], // Starship
  ['history', "article_url LIKE 'http:%'", 5],
];

export function testRecordedFacts(lab: () => Lab): void {
  it('contain the known numbers of empty and odd values', async () => {
    const sql = FACTS.map(([table, where]) => `(SELECT count(*) FROM ${table} t WHERE ${where})`).join(', ');
    const [found] = await lab().session.rows<{ counts: number[] }>(`SELECT ARRAY[${sql}] AS counts`);
    assert.deepEqual(
      FACTS.map(([table, where], index) => [table, where, found?.counts[index]]),
      FACTS,
    );
  });
}
