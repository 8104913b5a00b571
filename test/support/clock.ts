/** Loaded into a program whose clock is to be wrong by so many milliseconds. */
const OFFSET = Number(new URL(import.meta.url).searchParams.get('offset'));
const { now } = Date;

Date.now = () => now() + OFFSET;
