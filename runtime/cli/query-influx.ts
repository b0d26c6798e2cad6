import { RungError } from "../core/errors.ts";
import type { History } from "../describe/historian/history.ts";
import { InfluxHistory } from "../describe/influx/influx-history.ts";
import { checkedSettings, INFLUX_DEFAULTS, type InfluxSettings } from "../describe/influx/influx-settings.ts";
import { openInflux } from "../describe/influx/open-influx.ts";

/** How `rung query` names an InfluxDB. */
export interface InfluxOptions {
  readonly influx: string;
  /** 1.x. */
  readonly database?: string | undefined;
  /** 2.x. */
  readonly bucket?: string | undefined;
  readonly org?: string | undefined;
  readonly measurement?: string | undefined;
}

/**
 * The InfluxDB that options name. Logins come from the environment, since everybody on the machine sees a command line.
 * @throws RungError `usage`, `bad-influx-settings`
 */
export function influxHistory(options: InfluxOptions, environment: NodeJS.ProcessEnv): History {
  const { influx: url, database, bucket, org, measurement = INFLUX_DEFAULTS.measurement } = options;
  if ((database === undefined) === (bucket === undefined)) {
    throw new RungError({
      code: "usage",
      where: "rung query",
      what: "--influx needs either --database (1.x) or --bucket and --org (2.x)",
      advice: "see rung query --help",
    });
  }
  const { RUNG_INFLUX_USER: user, RUNG_INFLUX_PASSWORD: password, RUNG_INFLUX_TOKEN: token } = environment;
  const settings: InfluxSettings =
    database === undefined
      ? {
          version: 2,
          url,
          database: bucket ?? "",
          organisation: org ?? "",
          measurement,
          ...(token ? { token } : {}),
        }
      : {
          version: 1,
          url,
          database,
          measurement,
          ...(user ? { user, password: password ?? "" } : {}),
        };
  return new InfluxHistory(openInflux(checkedSettings(settings)), {});
}
