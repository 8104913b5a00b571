/** The suffixes that name the unit of a measured column. */
export const UNIT =
  /_(?:kg|km|m|m3|s|t|kn|deg|au|days|min|years|pct|usd|kph|km_s|jd|degrees|rev_per_day[23]?|per_earth_radius)$/;

/** Suffixes that no column may have, because the value in metric units is loaded instead. */
export const NOT_METRIC = /_(?:lbs?|lbf|ft|feet|mi|mph)$/;
