/** Phrases of simulated launches, escaped for use inside a JSON string. */

type Phrases = readonly [string, ...string[]];

export const MISSIONS = escaped(
  'Sparrow',
  'Sea Lion 4A',
  'Tidewater & Sons',
  'Cartographer',
  'The "Quiet" One',
  'Rideshare, Part',
  'Weatherglass',
  'Night Heron Resupply',
);

/**
 * Non-ASCII text, as in one in twelve records of the real API. The share matters, because such text takes longer to
 * parse.
 */
export const FOREIGN_MISSIONS = escaped('Polarlicht Süd', 'Señal Del Alba', 'Kōhaku 🚀', 'Ørsted Follow-on');

export const FOREIGN_SENTENCES = escaped(
  'It flies to a sun-synchronous orbit at 530 km, inclined 97.6°, where the mornings are always the same.',
  'Der Start wurde vom Pazifik aus beobachtet; die Übertragung lief über zwei Bodenstationen.',
  'The booster has flown before; its soot was left on, "for character" · 20 µm of it.',
);

export const SENTENCES = escaped(
  'The booster has flown before; its soot was left on, "for character", and photographed often.',
  'This simulated launch carries a weather satellite that watches clouds nobody will ever see from below.',
  'The payload, a stack of small communication satellites, is released about an hour after lift-off.',
  'The customer called the mission "entirely routine", and so did everyone else who was asked about it.',
  'After stage separation the first stage returns to its landing site; the second stage goes on alone.',
  'The launch had slipped twice, once for upper level winds, and once for a boat inside the hazard area.',
  'Fairing halves are expected to come down under parachutes, some 600 km downrange, and be picked up.',
  'Path of the flight file: C:\\flights\\simulated\\plan.txt, as the countdown script prints it.',
  'One sensor disagreed with its neighbours, was voted out, and agreed again after landing.',
  'Two lines are needed here.\nThis is the second of them.',
);

export const FAILURES = escaped(
  'simulated loss of pressure in the upper stage tank',
  'simulated guidance fault, vehicle "left the range"',
  'simulated engine shutdown 4 s before separation',
);

export const ROLES = escaped('Commander', 'Pilot', 'Mission Specialist 1', 'Mission Specialist 2');

function escaped(...phrases: Phrases): Phrases {
  const [first, ...rest] = phrases;
  return [escape(first), ...rest.map((phrase) => escape(phrase))];
}

function escape(phrase: string): string {
  return JSON.stringify(phrase).slice(1, -1);
}
