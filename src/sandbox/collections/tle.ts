import type { Orbit } from './orbits.ts';

type Elements = {
  readonly number: number;
  readonly year: string;
  readonly piece: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly inclination: number;
  readonly node: number;
  readonly pericenter: number;
  readonly anomaly: number;
  readonly orbit: Orbit;
};

/** A two-line element set. If a catalog number is longer, only its last five digits fit. */
export function tleLines(elements: Elements): readonly [string, string] {
  const { year, piece, inclination, node, pericenter, anomaly, orbit } = elements;
  const number = String(elements.number % 100_000).padStart(5, '0');
  const launch = `${year.slice(2)}${piece.slice(-4)}`.padEnd(8);
  const now = new Date(elements.now * 1000);
  const days = (now.getTime() - Date.UTC(now.getUTCFullYear(), 0, 1)) / 86_400_000 + 1;
  const epoch = `${String(now.getUTCFullYear()).slice(-2)}${fixed(days, 8, 12).replaceAll(' ', '0')}`;
  const eccentricity = orbit.eccentricity.toFixed(7).slice(2);
  return [
    checked(`1 ${number}U ${launch} ${epoch}  .00001000  00000-0  10000-4 0  999`),
    checked(
      `2 ${number} ${fixed(inclination, 4, 8)} ${fixed(node, 4, 8)} ${eccentricity} ` +
        `${fixed(pericenter, 4, 8)} ${fixed(anomaly, 4, 8)} ${fixed(orbit.meanMotion, 8, 11)}00001`,
    ),
  ];
}

function fixed(value: number, digits: number, width: number): string {
  return value.toFixed(digits).padStart(width);
}

const ZERO = '0'.charCodeAt(0);

/** Appends the checksum: the sum of the digits, with a minus sign counted as 1. */
function checked(line: string): string {
  let sum = 0;
  for (let index = 0; index < line.length; index += 1) {
    const digit = line.charCodeAt(index) - ZERO;
    if (digit >= 0 && digit <= 9) sum += digit;
    else if (line[index] === '-') sum += 1;
  }
  return line + (sum % 10);
}
