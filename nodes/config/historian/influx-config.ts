import type { NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import {
  checkedSettings,
  type ForeignSeries,
  INFLUX_DEFAULTS,
  type InfluxSettings,
  tagsOfText,
} from "../../../runtime/describe/influx/influx-settings.ts";

/** A row of the mapping as the form saves it. */
interface MappingRow {
  readonly address?: string;
  readonly measurement?: string;
  /** `line=1, machine=oven` */
  readonly tags?: string;
  readonly field?: string;
  readonly unit?: string;
}

export interface HistorianConfig extends NodeDef {
  readonly store?: "embedded" | "influxdb1" | "influxdb2";
  readonly alsoTo?: string;
  readonly file?: string;
  readonly retentionDays?: number | string;
  readonly memoryLimitMb?: number | string;
  readonly url?: string;
  readonly database?: string;
  readonly retentionPolicy?: string;
  readonly organisation?: string;
  readonly bucket?: string;
  readonly measurement?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly mapping?: readonly MappingRow[];
}

export interface HistorianCredentials {
  readonly user?: unknown;
  readonly password?: unknown;
  readonly token?: unknown;
  readonly ca?: unknown;
}

/** What a form says, as settings that can be used. @throws RungError `bad-influx-settings` */
export function influxSettings(
  config: HistorianConfig,
  credentials: HistorianCredentials = {},
): InfluxSettings {
  const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
  const kept = <K extends string>(name: K, value: string): { [key in K]?: string } =>
    (value === "" ? {} : { [name]: value }) as { [key in K]?: string };
  const isTwo = config.store === "influxdb2";
  return checkedSettings({
    version: isTwo ? 2 : 1,
    url: text(config.url),
    database: text(isTwo ? config.bucket : config.database),
    measurement: text(config.measurement) || INFLUX_DEFAULTS.measurement,
    ...kept("ca", text(credentials.ca)),
    ...(isTwo
      ? {
          ...kept("organisation", text(config.organisation)),
          ...kept("token", text(credentials.token)),
          writeOnly: config.writeOnly === true,
        }
      : {
          ...kept("retentionPolicy", text(config.retentionPolicy)),
          ...kept("user", text(credentials.user)),
          ...(typeof credentials.password === "string" ? { password: credentials.password } : {}),
        }),
    mapping: (config.mapping ?? []).map(seriesOf),
  });
}

function seriesOf(row: MappingRow, i: number): ForeignSeries {
  try {
    return {
      address: row.address?.trim() ?? "",
      measurement: row.measurement?.trim() ?? "",
      tags: tagsOfText(row.tags ?? ""),
      field: row.field?.trim() ?? "",
      ...(row.unit?.trim() ? { unit: row.unit.trim() } : {}),
    };
  } catch (cause) {
    throw new RungError({
      code: "bad-influx-settings",
      where: `row ${i + 1} of the mapping`,
      what: messageOf(cause),
      cause,
    });
  }
}
