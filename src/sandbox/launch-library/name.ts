/** The name of the source that it stands in for. */
export const LAUNCH_LIBRARY = 'launch-library';
