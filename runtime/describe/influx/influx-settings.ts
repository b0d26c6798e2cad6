import { parseAddress } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";

/** Where an InfluxDB is and what is written there. */
export interface InfluxSettings {
  /** 1: databases and InfluxQL. 2: buckets and Flux, or anything else that takes `/api/v2/write`. */
  readonly version: 1 | 2;
  /** `https://influx.plant:8086`, with the path before the API where there is one. */
  readonly url: string;
  /** Database (1.x) or bucket (2.x). It must exist: Rung makes none. */
  readonly database: string;
  /** 1.x; empty for the database's default. */
  readonly retentionPolicy?: string;
  /** 2.x. */
  readonly organisation?: string;
  /** 1.x; nobody where it is missing. */
  readonly user?: string;
  readonly password?: string;
  /** 2.x. */
  readonly token?: string;
  /** PEM of the authority that signed the server's certificate; the system's authorities where it is missing. */
  readonly ca?: string;
  readonly measurement: string;
  /**
   * The receiver takes lines and answers no queries, keeps numbers only and whole milliseconds: VictoriaMetrics. Then
   * nothing can be asked of it.
   */
  readonly writeOnly?: boolean;
  /** Foreign series that stand for addresses of ours. */
  readonly mapping?: readonly ForeignSeries[];
  readonly timeoutMs?: number;
  /** Bytes of lines in one request, before compression. */
  readonly batchBytes?: number;
}

/** A field of somebody else's measurement, read as the history of one address. */
export interface ForeignSeries {
  readonly address: string;
  readonly measurement: string;
  /** Tags that tell the series from others: `{line: "1", machine: "oven"}`. */
  readonly tags: Readonly<Record<string, string>>;
  readonly field: string;
  readonly unit?: string;
}

export const INFLUX_DEFAULTS = { measurement: "rung", timeoutMs: 30_000, batchBytes: 4_000_000 };

/** The settings, where they can be used. @throws RungError `bad-influx-settings` */
export function checkedSettings(settings: InfluxSettings): InfluxSettings {
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "bad-influx-settings", where: settings.url || "influx", what, advice });
  const url = URL.canParse(settings.url) ? new URL(settings.url) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw fault("is no address of a server", "write it as http://host:8086 or https://host:8086");
  }
  if (url.username !== "" || url.password !== "") {
    throw fault("holds a login", "enter the login in its own fields, where it is kept encrypted");
  }
  if (settings.version === 1 && settings.database === "") throw fault("names no database", "enter its name");
  if (settings.version === 2 && !settings.writeOnly && !(settings.database && settings.organisation)) {
    throw fault("names no bucket or no organisation", "enter both as InfluxDB shows them");
  }
  if (!isPlainName(settings.measurement)) {
    throw fault(
      `${JSON.stringify(settings.measurement)} is no name of a measurement`,
      "use a name such as rung",
    );
  }
  const seen = new Set<string>();
  for (const { address, measurement, field } of settings.mapping ?? []) {
    parseAddress(address);
    if (measurement === "" || field === "")
      throw fault(`${address} names no measurement or no field`, "complete its row of the table");
    if (seen.has(address)) throw fault(`${address} stands twice in the table`, "keep one of its rows");
    seen.add(address);
  }
  return settings;
}

/** Whether a text can be a measurement or a tag of line protocol and come back as it was: not empty, no controls, no backslash. */
export const isPlainName = (text: string): boolean => text !== "" && !/[\p{Cc}\\]/u.test(text);

/** Tags as a person writes them: `line=1, machine=oven`. @throws RungError `bad-influx-settings` */
export function tagsOfText(text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const part of text.split(",").map((each) => each.trim())) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const [key, value] = [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
    if (equals < 1 || value === "") {
      throw new RungError({
        code: "bad-influx-settings",
        where: text,
        what: `${JSON.stringify(part)} is no tag`,
        advice: "write tags as name=value, separated by commas",
      });
    }
    tags[key] = value;
  }
  return tags;
}
