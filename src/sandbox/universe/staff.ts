import { roll } from '../random.ts';
import { CREW_SEATS, launchesOfTeam, teamOf, type Mission } from './missions.ts';
import type { Universe } from './universe.ts';

/**
 * The rockets: the second flies from the first season on, the third has three cores side by side, and the fourth is
 * only planned.
 */
const ROCKET_PLANNED = 3;
const PLANNED = 71;
const MANNED = 72;
const NOBODY: readonly number[] = [];

export function rocketOf({ seed, near }: Universe, { launch, early, role }: Mission): number {
  if (launch >= near && roll(seed, launch, PLANNED) % 4 === 0) return ROCKET_PLANNED;
  if (early) return 0;
  return role === 'heavy' ? 2 : 1;
}

/** Two to four members of the team. */
export function crewOf(seed: number, mission: Mission): readonly number[] {
  if (mission.role !== 'crew') return NOBODY;
  const seats = 2 + (roll(seed, mission.launch, MANNED) % (CREW_SEATS - 1));
  const first = CREW_SEATS * teamOf(mission);
  return Array.from({ length: seats }, (_, seat) => first + seat);
}

/** The capsule of a cargo or crew launch. Each team has one capsule for each kind of launch. */
export function capsuleOf(mission: Mission): number {
  return 2 * teamOf(mission) + (mission.role === 'crew' ? 1 : 0);
}

export function launchesOfCapsule({ seasons }: Universe, capsule: number): readonly number[] {
  return launchesOfTeam(seasons, capsule >> 1, capsule % 2 === 0 ? 'cargo' : 'crew');
}

export function launchesOfMember({ seed, seasons, mission }: Universe, member: number): readonly number[] {
  return launchesOfTeam(seasons, Math.floor(member / CREW_SEATS), 'crew').filter((launch) =>
    crewOf(seed, mission(launch)).includes(member),
  );
}
