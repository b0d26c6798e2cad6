/**
 * Rung's own parts in one process, wired as its nodes wire them: link, source, state, and where asked the spool with
 * the gap ledger, and the historian behind it.
 */
import { join } from "node:path";
import type { Frame } from "../../../runtime/core/frame.ts";
import { readBindings } from "../../../runtime/describe/binding-table.ts";
import { EpochCounter } from "../../../runtime/describe/epoch-counter.ts";
import type { GapEntry } from "../../../runtime/describe/gap-entry.ts";
import { HISTORIAN_SINK } from "../../../runtime/describe/historian/historian-sink.ts";
import { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../../runtime/describe/opcua/opcua-source.ts";
import { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import { services } from "../../../runtime/host/services.ts";
import { type Client, type Load, nodeIdOf, type OpenClient, PUBLISHING_MS, SURVIVE_MS } from "../load.ts";
import type { Tally } from "../tally.ts";

export const TWIN = "acme/bench/machine";
export const bindingRows = ({ tags, periodMs }: Pick<Load, "tags" | "periodMs">) =>
  Array.from({ length: tags }, (_, tag) => ({ nodeId: nodeIdOf(tag), path: `t${tag}`, periodMs }));

/** Rows of a frame of one source have its dictionary's index, which is the number of the tag. */
export function countFrame(frame: Frame, tally: Tally): void {
  for (let row = 0; row < frame.length; row++) tally.take(frame.indexAt(row), frame.valueAt(row));
  if (frame.length > 0) tally.arrived();
}

const opens =
  (upTo: "state" | "spool" | "historian"): OpenClient =>
  async (load, tally): Promise<Client> => {
    const { bindings, problems } = readBindings(bindingRows(load), TWIN);
    if (problems.length > 0) throw problems[0]!;
    const { state } = services().twins.define({ ...DESCRIPTION, address: TWIN });
    const synchroniser =
      upTo === "state"
        ? undefined
        : upTo === "spool"
          ? await Synchroniser.open({ folder: join(load.home, "sync") })
          : await services().synchroniser();
    let unkept = 0;
    let refusal: unknown;
    const link = new OpcuaLink({
      id: "bench",
      name: "bench",
      endpoint: load.endpoint,
      reality: "live",
      securityMode: "None",
      securityPolicy: "None",
      surviveMs: SURVIVE_MS,
      home: load.home,
    });
    const source = new OpcuaSource({
      id: "source",
      name: "source",
      link,
      bindings,
      clocks: services().clocks,
      epochs: new EpochCounter(load.home),
      publishingIntervalMs: PUBLISHING_MS,
      listener: {
        frame(frame) {
          const accepted = state.accept(frame);
          countFrame(accepted, tally);
          if (synchroniser === undefined || accepted.length === 0) return;
          unkept++;
          synchroniser.accept(accepted).then(
            () => unkept--,
            (thrown: unknown) => {
              refusal = thrown;
            },
          );
        },
        gap(gap) {
          services().twins.noteGap(gap);
          synchroniser?.noteGap(gap);
        },
        problem: (error) => process.stderr.write(`${error.message}\n`),
      },
    });
    source.start();
    return {
      isSettled() {
        if (refusal !== undefined) throw refusal;
        if (unkept > 0) return false;
        if (synchroniser === undefined || upTo === "spool") return true;
        const { received, stored, deduplicated } = synchroniser.totals(HISTORIAN_SINK);
        return received === stored + deduplicated;
      },
      ledger: () =>
        intervalsByTag(synchroniser?.gaps.query({ limit: Number.MAX_SAFE_INTEGER }) ?? [], load.tags),
    };
  };

export const openToState = opens("state");
export const openToSpool = opens("spool");
export const openToHistorian = opens("historian");

const DESCRIPTION = {
  name: "machine",
  scope: "machine",
  needed: true,
  reason: "",
  objective: "bench",
  targetRung: 1,
} as const;

/** What the ledger says of each tag; an entry without addresses concerns them all. */
function intervalsByTag(entries: readonly GapEntry[], tags: number): Map<number, GapEntry[]> {
  const byTag = new Map<number, GapEntry[]>(Array.from({ length: tags }, (_, tag) => [tag, []]));
  for (const entry of entries) {
    if (entry.addresses === undefined) for (const of of byTag.values()) of.push(entry);
    else
      for (const address of entry.addresses)
        byTag.get(Number(address.slice(`${TWIN}/t`.length)))!.push(entry);
  }
  return byTag;
}
