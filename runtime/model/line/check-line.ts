import { RungError } from "../../core/errors.ts";
import { wrongShifts } from "./check-shifts.ts";
import { takesNoTime, wrongTimes } from "./check-times.ts";
import type { LineFault } from "./line-fault.ts";
import type { LineBlock, LineModel } from "./line-model.ts";

/**
 * Whether a model makes a line that can run.
 * @param where the file or node, for faults
 * @throws RungError `line-network` with block and reason of every fault
 */
export function checkLine(model: LineModel, where: string): void {
  const faults = [...buildingBlocks(model), ...ends(model), ...times(model)];
  // A broken network has no ways to follow.
  if (faults.length === 0)
    faults.push(...ways(model), ...shares(model), ...served(model), ...wrongShifts(model));
  if (faults.length === 0) return;
  const told = faults.map(({ block, what, advice }) => `${block}: ${what} (${advice})`);
  throw new RungError({
    code: "line-network",
    where: faults.length === 1 ? `${where}, ${faults[0]!.block}` : where,
    what:
      faults.length === 1
        ? faults[0]!.what
        : `${faults.length} faults:\n${told.map((one) => `  ${one}`).join("\n")}`,
    ...(faults.length === 1 ? { advice: faults[0]!.advice } : {}),
  });
}

function buildingBlocks({ blocks, operators, crews, calendar }: LineModel): LineFault[] {
  const twice = (names: readonly string[], what: string): LineFault[] =>
    names
      .filter((name, i) => names.indexOf(name) !== i)
      .map((name) => ({ block: name, what: `${what} stands twice`, advice: "give each its own name" }));
  return [
    ...twice(
      blocks.map(({ id }) => id),
      "a block with this id",
    ),
    ...twice(
      (operators?.groups ?? []).map(({ id }) => id),
      "a group of operators with this id",
    ),
    ...twice(
      (crews ?? []).map(({ id }) => id),
      "a crew with this id",
    ),
    ...twice(
      (calendar?.shifts ?? []).map(({ name }) => name),
      "a shift with this name",
    ),
    ...blocks
      .filter(({ id }) => id.includes("/"))
      .map(({ id }) => ({ block: id, what: "an id has no /", advice: "write it with -" })),
    ...blocks
      .filter((block) => block.kind === "buffer" && block.places === 0)
      .map(({ id }) => ({
        block: id,
        what: "a buffer without places lets nothing pass",
        advice: "leave it out, and connect the blocks around it to each other",
      })),
  ];
}

function times({ blocks }: LineModel): LineFault[] {
  return blocks.flatMap((block) =>
    wrongTimes(block).map((what) => ({ block: block.id, what, advice: "correct it" })),
  );
}

/** Every connection and every reject, as pairs. */
export function linksOf({
  blocks,
  connections,
}: LineModel): { readonly from: string; readonly to: string }[] {
  return [
    ...connections.map(({ from, to }) => ({ from, to })),
    ...blocks.flatMap((block) =>
      block.kind === "gate" ? block.rejects.map(({ to }) => ({ from: block.id, to })) : [],
    ),
  ];
}

function ends(model: LineModel): LineFault[] {
  const { blocks, connections } = model;
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const faults: LineFault[] = [];
  const add = (block: string, what: string, advice: string): void =>
    void faults.push({ block, what, advice });
  for (const { from, to } of linksOf(model)) {
    for (const id of [from, to])
      if (!byId.has(id)) add(id, "is no block of this line", `a connection from ${from} to ${to} names it`);
    if (byId.get(from)?.kind === "sink")
      add(from, "is a sink, nothing goes on from it", "take the connection out");
    if (byId.get(to)?.kind === "source")
      add(to, "is a source, nothing goes into it", "take the connection out");
  }
  for (const { id, kind } of blocks) {
    if (kind !== "sink" && !connections.some(({ from }) => from === id)) {
      add(id, "leads nowhere", "connect it to the next block");
    }
  }
  if (!blocks.some(({ kind }) => kind === "source"))
    add(model.name, "has no source", "add a block of kind source");
  if (!blocks.some((block) => block.kind === "sink" && !block.scrap)) {
    add(model.name, "has no sink", "add a block of kind sink that is no scrap");
  }
  return faults;
}

function ways(model: LineModel): LineFault[] {
  const { blocks } = model;
  const links = linksOf(model);
  const reached = (
    starts: readonly string[],
    pairs: readonly { from: string; to: string }[],
  ): Set<string> => {
    const seen = new Set(starts);
    for (const id of seen) for (const { from, to } of pairs) if (from === id) seen.add(to);
    return seen;
  };
  const ofKind = (kind: LineBlock["kind"]): string[] =>
    blocks.filter((one) => one.kind === kind).map(({ id }) => id);
  const fromSources = reached(ofKind("source"), links);
  const toSinks = reached(
    ofKind("sink"),
    links.map(({ from, to }) => ({ from: to, to: from })),
  );
  const faults: LineFault[] = [];
  for (const { id } of blocks) {
    if (!fromSources.has(id))
      faults.push({ block: id, what: "is reached from no source", advice: "connect it" });
    if (!toSinks.has(id)) {
      faults.push({
        block: id,
        what: "has no way to a sink: what goes in stays in",
        advice: "give the loop a way out",
      });
    }
  }
  const timeless = new Set(["buffer", "gate"]);
  const kindOf = new Map(blocks.map(({ id, kind }) => [id, kind]));
  const quick = links.filter(
    ({ from, to }) => timeless.has(kindOf.get(from)!) && timeless.has(kindOf.get(to)!),
  );
  for (const { id, kind } of blocks) {
    if (!timeless.has(kind)) continue;
    const after = quick.filter(({ from }) => from === id).map(({ to }) => to);
    if (reached(after, quick).has(id)) {
      faults.push({
        block: id,
        what: "lies in a loop that takes no time",
        advice: "put a station into the loop",
      });
    }
  }
  return [...faults, ...floods(model, links)];
}

/** A source without a time between parts fills what has no limit at once. */
function floods(model: LineModel, links: readonly { from: string; to: string }[]): LineFault[] {
  const byId = new Map(model.blocks.map((block) => [block.id, block]));
  return model.blocks.flatMap((source): LineFault[] => {
    if (source.kind !== "source" || source.interarrival !== undefined || source.orders === "once") return [];
    const seen = new Set([source.id]);
    for (const id of seen) {
      const block = byId.get(id)!;
      const isOpen = block.kind === "sink" || (block.kind === "buffer" && block.places === undefined);
      if (isOpen) {
        return [
          {
            block: source.id,
            what: `lets in parts without end: nothing holds them up before ${id}`,
            advice: "give the source an interarrival time or the buffer places",
          },
        ];
      }
      const isWaited = "process" in block ? !takesNoTime(block) : block.kind === "conveyor";
      if (isWaited) continue;
      for (const { from, to } of links) if (from === id) seen.add(to);
    }
    return [];
  });
}

function shares({ blocks, connections }: LineModel): LineFault[] {
  const faults: LineFault[] = [];
  const isOne = (sum: number): boolean => Math.abs(sum - 1) < 1e-9;
  for (const block of blocks) {
    const open = connections.filter(({ from, kinds }) => from === block.id && kinds === undefined);
    const given = open.filter(({ share }) => share !== undefined);
    const sum = given.reduce((total, { share }) => total + share!, 0);
    if (given.length > 0 && (given.length < open.length || !isOne(sum))) {
      faults.push({
        block: block.id,
        what: `the shares of its ways must be 1 together, got ${Number(sum.toFixed(6))} on ${given.length} of ${open.length}`,
        advice: "give each way its share, or none",
      });
    }
    if (block.kind === "source" && block.kinds !== undefined) {
      const of = block.kinds.reduce((total, { share }) => total + share, 0);
      if (!isOne(of)) {
        faults.push({
          block: block.id,
          what: `the shares of its kinds must be 1 together, got ${Number(of.toFixed(6))}`,
          advice: "correct them",
        });
      }
    }
    if (block.kind === "gate") {
      const kinds = new Set(block.rejects.flatMap((reject) => reject.kinds ?? []));
      for (const kind of [undefined, ...kinds]) {
        const most = block.rejects
          .filter(
            (reject) => reject.kinds === undefined || (kind !== undefined && reject.kinds.includes(kind)),
          )
          .reduce((total, { share }) => total + share, 0);
        if (most > 1 + 1e-9) {
          faults.push({
            block: block.id,
            what: `rejects more than there is: the shares are ${most} together`,
            advice: "make them 1 or less",
          });
          break;
        }
      }
    }
  }
  return faults;
}

/** Every kind that a part of the line can be of. */
function kindsOf({ blocks, orders }: LineModel): Set<string> {
  const made = blocks.flatMap((block) => {
    if (block.kind === "source") return (block.kinds ?? []).map(({ kind }) => kind);
    if (block.kind === "disassembly") return block.makes.map(({ kind }) => kind);
    return block.kind === "assembly" && block.makes !== undefined ? [block.makes] : [];
  });
  return new Set([...made, ...(orders ?? []).map(({ kind }) => kind)]);
}

/** Orders, operators, crews and kits: what a block asks for must be there. */
function served(model: LineModel): LineFault[] {
  const faults: LineFault[] = [];
  const add = (block: string, what: string, advice: string): void =>
    void faults.push({ block, what, advice });
  const kinds = kindsOf(model);
  for (const block of model.blocks) {
    if (block.kind === "source" && block.orders !== undefined && (model.orders ?? []).length === 0) {
      add(block.id, "takes orders, and the line has none", "add orders");
    }
    if (!("process" in block)) continue;
    if (block.kind === "assembly") {
      for (const { kind } of block.kit) {
        if (!kinds.has(kind))
          add(
            block.id,
            `waits for kind ${kind}, which nothing makes`,
            "let a source, an order or a block make it",
          );
      }
    }
    const crew = block.failure?.crew;
    if (crew !== undefined && !model.crews?.some(({ id }) => id === crew)) {
      add(block.id, `asks for crew ${crew}, which is not there`, "add it under crews");
    }
    if (block.operators === undefined) continue;
    const { skill, count } = block.operators;
    const able = (model.operators?.groups ?? [])
      .filter(({ skills }) => skills.includes(skill))
      .reduce((sum, group) => sum + group.count, 0);
    if (able < count) {
      add(
        block.id,
        `asks for ${count} with skill ${skill}, and ${able} have it`,
        "add people to a group under operators",
      );
    }
  }
  return faults;
}
