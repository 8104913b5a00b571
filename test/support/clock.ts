/** Loaded into a program to make its clock wrong by this many milliseconds. */
const OFFSET = Number(new URL(import.meta.url).searchParams.get('offset'));
const { now } = Date;

Date.now = () => now() + OFFSET;
