import { InfluxOne } from "./influx-one.ts";
import type { InfluxServer } from "./influx-server.ts";
import type { InfluxSettings } from "./influx-settings.ts";
import { InfluxTwo } from "./influx-two.ts";

/** The server that settings name. It is connected to at the first question. */
export const openInflux = (settings: InfluxSettings): InfluxServer =>
  settings.version === 1 ? new InfluxOne(settings) : new InfluxTwo(settings);
