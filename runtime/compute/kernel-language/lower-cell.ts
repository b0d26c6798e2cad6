import type { Node } from "acorn";
import { NOTHING } from "./fold-number.ts";
import { isCell, isKnown } from "./interval.ts";
import type { CellIndex, NumberNode } from "./kernel-ir.ts";
import type { Local, Lowering } from "./lowering.ts";
import { example } from "./names.ts";

/** An index of the source with where it stands. */
export interface ReadIndex {
  readonly at: Node;
  readonly value: NumberNode;
}

/** A cell of an input. @param indices x first */
export function cellOf(of: Node, port: number, indices: readonly ReadIndex[], into: Lowering): NumberNode {
  into.used.add(port);
  const { holds, shape, name } = into.spec.inputs[port]!;
  if (holds === "number") {
    into.error(of, "dimensions-differ", `${name} is a number and has no cells; write ${name}`);
    return NOTHING;
  }
  if (indices.length !== shape.length) {
    into.error(
      of,
      "dimensions-differ",
      `${name} has ${shape.length} dimension${shape.length === 1 ? "" : "s"} and is read with ${indices.length}; write ${example(name, shape)}`,
    );
    return NOTHING;
  }
  return { is: "cell", port, index: indices.map((index, axis) => cellIndex(index, axis, port, into)) };
}

function cellIndex(read: ReadIndex, axis: number, port: number, into: Lowering): CellIndex {
  const { at: of, value: at } = read;
  const { name, shape } = into.spec.inputs[port]!;
  const cells = shape[axis]!;
  const here = into.facts.interval(at, "here");
  const always = into.facts.interval(at, "always");
  const letter = "xyz"[axis]!;
  // One that is not whole is told of as such, and held at the edge in any case.
  const slack = here.whole ? here.slack : 0;
  if (always.low > cells - 1 || always.high < 0)
    into.error(
      of,
      "index-outside",
      `${name} has ${cells} cells along ${letter}, 0 to ${cells - 1}; this index is never one of them`,
    );
  else if (here.low - slack < 0 || Math.floor(here.high + slack) > cells - 1) {
    const reach = isKnown(here)
      ? `reaches from ${here.low} to ${here.high}`
      : "cannot be shown to stay inside";
    into.warn(
      of,
      "index-outside",
      `${name} has cells 0 to ${cells - 1} along ${letter}, this index ${reach}: outside, one backend reads NaN and another some cell, so it is held at the edge; write Math.min and Math.max, or test it`,
    );
  }
  if (!here.whole)
    into.warn(of, "index-not-whole", "this index may not be whole and is rounded down; write Math.floor");
  return { at, cells, clamp: !isCell(always, cells), floor: !always.whole };
}

/** An element of a local array. */
export function elementOf(of: Node, local: Local, indices: readonly ReadIndex[], into: Lowering): NumberNode {
  const [index] = indices;
  if (local.holds !== "array" || index === undefined || indices.length !== 1) {
    into.error(of, "dimensions-differ", `${local.name} is no array with ${indices.length} dimensions`);
    return NOTHING;
  }
  checkElementIndex(of, index.value, local, into);
  return { is: "element", local: local.local, index: index.value };
}

/** Outside a local array a backend reads or overwrites what is beside it. */
export function checkElementIndex(at: Node, index: NumberNode, local: Local, into: Lowering): void {
  const of = into.facts.interval(index, "always");
  if (!isCell(of, local.length))
    into.error(
      at,
      "array-index",
      `${local.name} has elements 0 to ${local.length - 1}; the index must be a number or the counter of a loop that stays within`,
    );
}
