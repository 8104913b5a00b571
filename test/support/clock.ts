/** Loaded into a program to skew its clock by this many milliseconds. */
const OFFSET = Number(new URL(import.meta.url).searchParams.get('offset'));
const { now } = Date;

Date.now = () => now() + OFFSET;
