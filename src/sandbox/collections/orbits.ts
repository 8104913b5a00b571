/** Elements of an orbit around the Earth that are consistent with one another. */
export type Orbit = {
  readonly semiMajorAxisKm: number;
  readonly eccentricity: number;
  readonly periapsisKm: number;
  readonly apoapsisKm: number;
  readonly periodMin: number;
  /** Revolutions per day. */
  readonly meanMotion: number;
};

const EARTH_RADIUS_KM = 6378.135;
/** km³/s² */
const EARTH_GM = 398_600.8;

export function orbitOf(periapsisKm: number, apoapsisKm: number): Orbit {
  const semiMajorAxisKm = EARTH_RADIUS_KM + (periapsisKm + apoapsisKm) / 2;
  const periodMin = (2 * Math.PI * Math.sqrt(semiMajorAxisKm ** 3 / EARTH_GM)) / 60;
  return {
    semiMajorAxisKm: rounded(semiMajorAxisKm, 3),
    eccentricity: rounded((apoapsisKm - periapsisKm) / (2 * semiMajorAxisKm), 7),
    periapsisKm: rounded(periapsisKm, 3),
    apoapsisKm: rounded(apoapsisKm, 3),
    periodMin: rounded(periodMin, 3),
    meanMotion: rounded(1440 / periodMin, 8),
  };
}

export function rounded(value: number, digits: number): number {
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}

export function pounds(kilograms: number): number {
  return rounded(kilograms * 2.204_62, 2);
}
