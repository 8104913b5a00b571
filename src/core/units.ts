/** How the name of a column that measures something ends. */
export const UNIT =
  /_(?:kg|km|m|m3|s|t|kn|deg|au|days|min|years|pct|usd|kph|km_s|jd|degrees|rev_per_day[23]?|per_earth_radius)$/;

/** How no column ends: the same in metric units is loaded. */
export const NOT_METRIC = /_(?:lbs?|lbf|ft|feet|mi|mph)$/;
