import { messageOf, RungError } from "../../core/errors.ts";
import type { Binding } from "../binding-table.ts";
import { serverLimit } from "./connection-error.ts";

const firstLineOf = (thrown: unknown): string => messageOf(thrown).split("\n")[0]!;

/** What an OPC UA source tells when something of its subscription is wrong; the rest goes on. */
export const sourceProblems = {
  /** @param status the server's, of an item it does not make */
  refusedTag(name: string, { property, tag }: Binding, status: string): RungError {
    const where = `${name}, ${property.address}`;
    return (
      serverLimit(where, status) ??
      new RungError({
        code: "unknown-node-id",
        where,
        what: `the server refuses ${tag}: ${status}`,
        advice: "correct the node id in the table; the other tags go on",
      })
    );
  },

  notSubscribed: (where: string, thrown: unknown): RungError =>
    serverLimit(where, messageOf(thrown)) ?? subscriptionFailed(where, thrown, "the session is made anew"),

  subscriptionBroke: (where: string, error: Error): RungError =>
    subscriptionFailed(where, error, "it is made anew when it stays silent"),

  /** @param part what is made anew */
  silent: (where: string, part: "subscription" | "session", silentMs: number): RungError =>
    new RungError({
      code: "silent-subscription",
      where,
      what: `nothing has arrived for ${Math.round(silentMs / 1000)} s although the session is said to be fine`,
      advice: `the ${part} is made anew`,
    }),

  noEnumNames: (where: string, thrown: unknown): RungError =>
    new RungError({
      code: "no-enum-names",
      where,
      what: `the server does not tell the names of its enums: ${firstLineOf(thrown)}`,
      advice: "their codes are read all the same",
      cause: thrown,
    }),

  noPlantClock: (where: string): RungError =>
    new RungError({
      code: "no-plant-clock",
      where,
      what: "the server publishes no Plant.Time, which a virtual link takes its time from",
      advice: "set the link's reality to live, or connect it to the virtual plant",
    }),

  /** @param what could not be passed on */
  frameFailed: (where: string, what: string, thrown: unknown): RungError =>
    new RungError({
      code: "frame-failed",
      where,
      what: `${what} could not be passed on: ${messageOf(thrown)}`,
      cause: thrown,
    }),
};

const subscriptionFailed = (where: string, thrown: unknown, advice: string): RungError =>
  new RungError({ code: "subscription-failed", where, what: firstLineOf(thrown), advice, cause: thrown });
