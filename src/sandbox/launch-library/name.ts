/** The name of the simulated source. */
export const LAUNCH_LIBRARY = 'launch-library';
