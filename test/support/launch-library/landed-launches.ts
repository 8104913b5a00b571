import { readRecorded, type Json } from './recorded.ts';

const SPACEX = 121;
const FROM = Date.UTC(2026, 1, 1);
const HOUR = 3_600_000;

/**
 * Returns a detailed launch for each recorded first stage. It has the form of the only recorded detailed launch, and
 * the provider of a SpaceX launch. Ids, names and times are invented.
 */
export function launchesOfLandings(): readonly Json[] {
  const frame = readRecorded('sputnik');
  const launches: readonly Json[] = readRecorded('page')['results'];
  const provider = launches
    .map((launch) => launch['launch_service_provider'])
    .find(({ id }) => id === SPACEX);
  const landings: readonly Json[] = readRecorded('landings')['results'];
  return landings
    .filter(({ firststage }) => firststage !== null)
    .map((landing, index) => {
      const id = `00000000-0000-8000-8000-${String(landing['id']).padStart(12, '0')}`;
      const time = `${new Date(FROM + index * HOUR).toISOString().slice(0, 19)}Z`;
      return {
        ...frame,
        id,
        url: `https://lldev.thespacedevs.com/2.3.0/launches/${id}/`,
        name: `Invented for landing ${landing['id']}`,
        slug: `landing-${landing['id']}`,
        last_updated: time,
        net: time,
        window_end: time,
        window_start: time,
        launch_service_provider: provider,
        rocket: { ...frame['rocket'], launcher_stage: [stage(landing)] },
      };
    });
}

/**
 * Inverts the nesting: a recorded landing contains its stage, but in a launch, the stage contains its landing.
 */
function stage(landing: Json): Json {
  const { firststage, spacecraftflight: _, payloadflight: __, response_mode: ___, ...own } = landing;
  const { previous_flight: previous, ...rest } = firststage;
  return { ...rest, landing: own, previous_flight: previous };
}
