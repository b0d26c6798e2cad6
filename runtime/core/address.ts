import { RungError } from "./errors.ts";

/**
 * Addresses are ISA-95 paths (IEC 62264-1, 5.3, role-based equipment hierarchy):
 * enterprise / site / area / line / cell ... / property. A twin's address is a shorter path of the same kind.
 */
export const ADDRESS_LEVELS = ["enterprise", "site", "area", "line"] as const;

/** Longest address and longest segment, in UTF-16 units. Percent-escaped, it still fits an MQTT topic (65,535 bytes). */
export const MAX_ADDRESS_LENGTH = 1024;
export const MAX_SEGMENT_LENGTH = 256;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Why a segment is refused, or undefined where it is fine. */
function faultOfSegment(segment: string): string | undefined {
  if (segment === "") return "is empty";
  if (segment === "." || segment === "..") return "is a relative path";
  if (segment.length > MAX_SEGMENT_LENGTH) return `is longer than ${MAX_SEGMENT_LENGTH} characters`;
  if (segment.includes("/")) return 'contains "/"';
  if (CONTROL.test(segment)) return "contains a control character";
  if (segment.trim() !== segment) return "begins or ends with a blank";
  if (!segment.isWellFormed()) return "is no valid Unicode";
  if (segment.normalize("NFC") !== segment) return "is not in composed form (NFC)";
  return undefined;
}

/**
 * The segments of an address.
 * @throws RungError `bad-address` naming the segment
 */
export function parseAddress(address: string): string[] {
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-address",
      where: JSON.stringify(String(address).slice(0, 120)),
      what,
      advice: "write enterprise/site/area/line/.../property",
    });
  if (typeof address !== "string" || address === "") throw fault("is no address");
  if (address.length > MAX_ADDRESS_LENGTH) throw fault(`is longer than ${MAX_ADDRESS_LENGTH} characters`);
  const segments = address.split("/");
  for (const [i, segment] of segments.entries()) {
    const what = faultOfSegment(segment);
    if (what !== undefined) throw fault(`segment ${i + 1} ${what}`);
  }
  return segments;
}

/** The address of some segments. @throws RungError `bad-address` */
export function formatAddress(segments: readonly string[]): string {
  for (const segment of segments) {
    if (segment.includes("/")) {
      throw new RungError({
        code: "bad-address",
        where: JSON.stringify(segment),
        what: 'a segment contains "/"',
        advice: "escape it with segmentFromText",
      });
    }
  }
  const address = segments.join("/");
  parseAddress(address);
  return address;
}

export function isAddress(address: string): boolean {
  try {
    parseAddress(address);
    return true;
  } catch (error) {
    if (error instanceof RungError) return false;
    throw error;
  }
}

/** Address of a property from its twin's address and a path below it: `zone3/airTemperature`. */
export const propertyAddress = (twin: string, path: string): string =>
  formatAddress([...parseAddress(twin), ...parseAddress(path)]);

/** True where the address is the twin's own or lies below it. */
export const isWithin = (address: string, twin: string): boolean =>
  address.startsWith(twin) && (address.length === twin.length || address[twin.length] === "/");

/** The path below the twin, or the whole address where it lies elsewhere: what a message to a person shows. */
export const pathBelow = (address: string, twin: string): string =>
  isWithin(address, twin) && address.length > twin.length ? address.slice(twin.length + 1) : address;

/**
 * A segment made of any text, for instance a column heading: what a segment may not hold is percent-escaped.
 * Different texts give different segments, apart from Unicode composition and blanks at the ends.
 * @throws RungError `bad-address` for text without a visible character, and for text too long
 */
export function segmentFromText(text: string): string {
  const composed = text.toWellFormed().normalize("NFC").trim();
  const escaped = escapeWhere(composed, (c) => c === "%" || c === "/" || CONTROL.test(c));
  return formatAddress([escaped === "." || escaped === ".." ? escaped.replaceAll(".", "%2E") : escaped]);
}

/** Percent-escapes the UTF-8 bytes of the characters that `must` names; "%" has to be among them to be reversible. */
function escapeWhere(text: string, must: (character: string) => boolean): string {
  let out = "";
  for (const character of text) {
    if (!must(character)) out += character;
    else
      for (const byte of Buffer.from(character))
        out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

function readEscapes(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RungError({
      code: "bad-address",
      where: JSON.stringify(where),
      what: "holds a broken percent escape",
      advice: "topics and ids of Rung escape % itself as %25",
      cause,
    });
  }
}

/**
 * The UNS topic of an address: the same path, with "%", "+", "#" and a leading "$" percent-escaped, since the
 * wildcards may stand in no topic name and topics with "$" are the broker's (MQTT-4.7.1-1, MQTT-4.7.2-1).
 */
export function topicOfAddress(address: string): string {
  const topic = parseAddress(address)
    .map((segment) => escapeWhere(segment, (c) => c === "%" || c === "+" || c === "#"))
    .join("/");
  return topic.startsWith("$") ? `%24${topic.slice(1)}` : topic;
}

/** The address of a UNS topic. @throws RungError `bad-address` for a topic that `topicOfAddress` cannot make */
export function addressOfTopic(topic: string): string {
  const address = formatAddress(topic.split("/").map((part) => readEscapes(part, topic)));
  if (topicOfAddress(address) !== topic) {
    throw new RungError({
      code: "bad-address",
      where: JSON.stringify(topic),
      what: `is not how Rung writes the topic of ${address}`,
      advice: `publish to ${topicOfAddress(address)}`,
    });
  }
  return address;
}

/** Where a property stands in Sparkplug B: `spBv1.0/<group>/DDATA/<node>/<device>`, metric `<metric>`. */
export interface SparkplugIds {
  readonly group: string;
  readonly node: string;
  /** Absent where the property lies directly below the line. */
  readonly device?: string;
  readonly metric: string;
}

/** No id may hold "+", "/" or "#" (Sparkplug 3.0.0, tck-id-topic-structure-namespace-valid-group-id and its kin). */
const inId = (c: string): boolean => c === "%" || c === "+" || c === "#";
/** "-" joins segments, so inside one it is escaped. */
const inJoinedId = (c: string): boolean => inId(c) || c === "-";

/** What a segment may not hold, and "%" itself. Blanks at the ends and relative paths are escaped as a whole. */
function escapeMetric(metric: string): string {
  if (metric === "." || metric === "..") return metric.replaceAll(".", "%2E");
  const inner = metric.trim();
  const start = metric.indexOf(inner);
  let at = 0;
  return escapeWhere(metric, (c) => {
    const isEdge = at < start || at >= start + inner.length;
    at += c.length;
    return isEdge || c === "%" || c === "/" || CONTROL.test(c);
  });
}

/** The text that `escapeMetric` makes this segment of, if there is one. */
function unescapedMetric(segment: string): string | undefined {
  if (!segment.includes("%")) return undefined;
  try {
    const metric = decodeURIComponent(segment);
    return escapeMetric(metric) === segment ? metric : undefined;
  } catch (thrown) {
    if (thrown instanceof URIError) return undefined;
    throw thrown;
  }
}

/** True for a metric that is no segment as it is, or that reads like the escape of such a one. */
function isEscaped(metric: string): boolean {
  if (faultOfSegment(metric) !== undefined) return true;
  const inner = unescapedMetric(metric);
  return inner !== undefined && isEscaped(inner);
}

/**
 * Metrics and last segments are the same text, but for metrics that are no segment, such as `Inputs/A`: those are
 * escaped, and so is, once more, every metric that reads like such an escape. So each metric has a segment of its own
 * and each segment a metric.
 */
const segmentOfMetric = (metric: string): string => (isEscaped(metric) ? escapeMetric(metric) : metric);

function metricOfSegment(segment: string): string {
  const metric = unescapedMetric(segment);
  return metric !== undefined && isEscaped(metric) ? metric : segment;
}

/**
 * Sparkplug ids of a property: group = enterprise-site-area, node = line, device = cell path joined by "-",
 * metric = the last segment. Reversible: "-" inside a segment of a joined id is escaped, and so is in the segment
 * what only a metric may hold: `Inputs/A` is the segment `Inputs%2FA`.
 * @throws RungError `bad-address` for fewer than five segments
 */
export function sparkplugOfAddress(address: string): SparkplugIds {
  const segments = parseAddress(address);
  if (segments.length < 5) {
    throw new RungError({
      code: "bad-address",
      where: address,
      what: `has ${segments.length} segments, Sparkplug needs enterprise/site/area/line/property`,
      advice: "move the property below a line",
    });
  }
  const join = (parts: string[]): string => parts.map((part) => escapeWhere(part, inJoinedId)).join("-");
  const ids = {
    group: join(segments.slice(0, 3)),
    node: escapeWhere(segments[3]!, inId),
    metric: metricOfSegment(segments.at(-1)!),
  };
  return segments.length === 5 ? ids : { ...ids, device: join(segments.slice(4, -1)) };
}

/** The address of Sparkplug ids. @throws RungError `bad-address` for ids that `sparkplugOfAddress` cannot make */
export function addressOfSparkplug(ids: SparkplugIds): string {
  const split = (id: string): string[] => id.split("-").map((part) => readEscapes(part, id));
  const address = formatAddress([
    ...split(ids.group),
    readEscapes(ids.node, ids.node),
    ...(ids.device === undefined ? [] : split(ids.device)),
    segmentOfMetric(ids.metric),
  ]);
  const back = sparkplugOfAddress(address);
  if (
    back.group !== ids.group ||
    back.node !== ids.node ||
    back.device !== ids.device ||
    back.metric !== ids.metric
  ) {
    throw new RungError({
      code: "bad-address",
      where: `${ids.group}/${ids.node}/${ids.device ?? ""}/${ids.metric}`,
      what: `are not the ids of ${address}`,
      advice: `write group ${back.group}, node ${back.node}, device ${back.device ?? "none"}`,
    });
  }
  return address;
}
