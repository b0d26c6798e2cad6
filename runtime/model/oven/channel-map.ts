import { RungError } from "../../core/errors.ts";
import type { LoggerChannel } from "./logger-file.ts";

/** A name without what people write differently: `A-Pillar (left)`, `aPillar left`. */
const plain = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, "");

/**
 * Finds the channel of each name of the model.
 * @param what a node or a zone, for the error
 * @param map channels said by hand, by name of the model
 * @returns one channel per name, in the order of the names
 * @throws RungError `logger-channels` that names every one without a channel
 */
export function channelsFor(
  names: readonly string[],
  channels: readonly LoggerChannel[],
  what: "node" | "zone",
  where: string,
  map: Readonly<Record<string, string>> = {},
): LoggerChannel[] {
  const known = `its channels are ${channels.map((channel) => channel.name).join(", ")}`;
  const fail = (said: string, advice: string): never => {
    throw new RungError({ code: "logger-channels", where, what: said, advice });
  };
  const stray = Object.keys(map).find((name) => !names.includes(name));
  if (stray !== undefined) fail(`--map names ${stray}`, `the ${what}s are ${names.join(", ")}`);
  const found = names.map((name) => {
    const wanted = plain(map[name] ?? name);
    const fitting = channels.filter((channel) => plain(channel.name) === wanted);
    // "Roof outside" for the node roof, where no other channel begins like it.
    const like = channels.filter((channel) => plain(channel.name).includes(wanted));
    return fitting.length === 1
      ? fitting[0]
      : fitting.length === 0 && like.length === 1
        ? like[0]
        : undefined;
  });
  const without = names.filter((_, i) => found[i] === undefined);
  if (without.length > 0) {
    const example = `${without[0]}=${channels[0]?.name ?? "channel"}`;
    const advice =
      what === "node" ? `map it, for example --map ${example}` : "name its columns after the zones";
    fail(
      `no one channel for the ${what}${without.length > 1 ? "s" : ""} ${without.join(", ")}; ${known}`,
      advice,
    );
  }
  const twice = found.findIndex((channel, i) => found.indexOf(channel) !== i);
  if (twice >= 0) {
    const other = names[found.indexOf(found[twice])]!;
    fail(`${other} and ${names[twice]} would share the channel ${found[twice]!.name}`, "map each to its own");
  }
  return found as LoggerChannel[];
}
