import { addressOfSparkplug, sparkplugOfAddress } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import { type EdgeNodeId, isId } from "./topic.ts";

/** A metric in the whole infrastructure: where it comes from and its name there. */
export interface MetricId extends EdgeNodeId {
  readonly device?: string;
  readonly metric: string;
}

/** As a table names it: `group/node/device#metric`, `group/node#metric`. No id may hold a "#", a metric may. */
export const tagOfMetric = ({ group, node, device, metric }: MetricId): string =>
  `${group}/${node}${device === undefined ? "" : `/${device}`}#${metric}`;

/** @throws RungError `malformed-tag` */
export function metricOfTag(tag: string): MetricId {
  const at = tag.indexOf("#");
  const [group = "", node = "", device, ...rest] = at < 0 ? [] : tag.slice(0, at).split("/");
  const metric = tag.slice(at + 1);
  if (
    !isId(group) ||
    !isId(node) ||
    rest.length > 0 ||
    metric === "" ||
    (device !== undefined && !isId(device))
  ) {
    throw new RungError({
      code: "malformed-tag",
      where: tag.slice(0, 120),
      what: "names no Sparkplug metric",
      advice: "write group/node#metric, or group/node/device#metric",
    });
  }
  return { group, node, ...(device === undefined ? {} : { device }), metric };
}

/** The tag under which Rung itself would publish an address. @throws RungError `bad-address` */
export const tagOfAddress = (address: string): string => tagOfMetric(sparkplugOfAddress(address));

/** The address of a metric by the standard mapping. @throws RungError `bad-address` where its group is no site */
export const addressOfMetric = (id: MetricId): string => addressOfSparkplug(id);

/** Metrics that run the session and say nothing about the plant. */
export const isSessionMetric = (metric: string): boolean =>
  metric === "bdSeq" || metric.startsWith("Node Control/") || metric.startsWith("Device Control/");
