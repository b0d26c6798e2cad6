import { RungError } from "../../core/errors.ts";
import { scaled } from "../../model/line/duration.ts";
import type { LineBlock, LineModel } from "../../model/line/line-model.ts";

/** What is assumed of one block in a what-if. */
export interface BlockEdit {
  /** Of a buffer. */
  readonly places?: number;
  /** Machines side by side. */
  readonly servers?: number;
  /** Times as long, of work, of repairs, and of the time between failures. */
  readonly workFactor?: number;
  readonly repairFactor?: number;
  readonly betweenFailuresFactor?: number;
}

const WHOLE = ["places", "servers"] as const;
const FACTORS = ["workFactor", "repairFactor", "betweenFailuresFactor"] as const;

/**
 * The line with what is assumed of its blocks; the model given is left as it is.
 * @param edits by id of the block
 * @throws RungError `line-edit` that names block and entry
 */
export function editLine(model: LineModel, edits: unknown, where: string): LineModel {
  const refuse = (at: string, what: string): never => {
    const advice = `a block may have ${[...WHOLE, ...FACTORS].join(", ")}`;
    throw new RungError({ code: "line-edit", where: `${where}: ${at}`, what, advice });
  };
  if (typeof edits !== "object" || edits === null || Array.isArray(edits))
    return refuse("edits", "must be a mapping of blocks");
  const given = new Map(Object.entries(edits));
  for (const [id, edit] of given) {
    if (!model.blocks.some((block) => block.id === id)) refuse(id, "is no block of the line");
    if (typeof edit !== "object" || edit === null) refuse(id, "must be a mapping");
    for (const [key, value] of Object.entries(edit as object)) {
      const isWhole = (WHOLE as readonly string[]).includes(key);
      if (!isWhole && !(FACTORS as readonly string[]).includes(key)) refuse(`${id}.${key}`, "is unknown");
      const fits = isWhole ? Number.isInteger(value) && value >= 1 : Number.isFinite(value) && value > 0;
      if (!fits) refuse(`${id}.${key}`, `cannot be ${JSON.stringify(value)}`);
    }
  }
  const blocks = model.blocks.map((block) => {
    const edit = given.get(block.id) as BlockEdit | undefined;
    return edit === undefined ? block : editBlock(block, edit, (what) => refuse(block.id, what));
  });
  return { ...model, blocks };
}

function editBlock(block: LineBlock, edit: BlockEdit, refuse: (what: string) => never): LineBlock {
  const { places, servers, workFactor, repairFactor, betweenFailuresFactor } = edit;
  if (block.kind === "buffer") {
    if (Object.keys(edit).some((key) => key !== "places")) refuse("is a buffer, and has places alone");
    return places === undefined ? block : { ...block, places };
  }
  if (block.kind !== "station" && block.kind !== "assembly" && block.kind !== "disassembly")
    return refuse(`is a ${block.kind}, of which nothing is assumed`);
  if (places !== undefined) refuse("has no places");
  const { failure } = block;
  if (failure === undefined && (repairFactor ?? betweenFailuresFactor) !== undefined)
    refuse("does not fail in the model");
  return {
    ...block,
    process: scaled(block.process, workFactor ?? 1),
    ...(servers === undefined ? {} : { servers }),
    ...(failure === undefined
      ? {}
      : {
          failure: {
            ...failure,
            meanBetween: scaled(failure.meanBetween, betweenFailuresFactor ?? 1),
            repair: scaled(failure.repair, repairFactor ?? 1),
          },
        }),
  };
}
