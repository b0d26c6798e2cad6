import { pieceWords } from "../../runtime/ladder/piece-words.js";
import { describeStep } from "./describe-step.js";
import { forecastStep } from "./forecast-step.js";
import { nameOf } from "./known.js";
import { ovenStep } from "./oven-step.js";
import { piece, stateOf, step } from "./step.js";
import { stateStep } from "./twin-step.js";

/** Node types for the roles that need no more than a wire. */
const TYPE_OF_ROLE = { detect: "rung-detect", envelope: "rung-envelope", actuate: "rung-actuate" };

/**
 * What leads a twin to a rung that is not wired: the sentence that says what is missing, and either a step that adds
 * it, or a node that has to be opened first; neither, where it must be done by hand.
 * @returns `{words, step?, open?}`, or undefined where the wires lack no piece
 */
export function wayTo(twin, row) {
  const missing = twin.missing.filter((entry) => entry.row === row);
  const [first] = missing;
  if (first === undefined) return undefined;
  const words = sentence(twin, missing);
  if (first.role === "state") return { words, step: stateStep(twin) };
  if (first.role === "measurement") {
    const source = twin.paths[1]?.map((id) => RED.nodes.node(id)).find((node) => /source$/.test(node?.type));
    return { words, open: source };
  }
  if (stateOf(twin) === undefined || !missing.every(isWithinReach)) return { words };
  if (first.role === "source" || first.role === "history") return { words, ...describeStep(twin, missing) };
  if (first.role === "forecast") return { words, step: forecastStep(twin, first) };
  if (first.role === "optimise") return { words, step: ovenStep(twin, first) };
  return { words, step: pieceStep(twin, first) };
}

/** A node inside a subflow, or on a locked tab, cannot be wired to. */
function isWithinReach({ after }) {
  const node = RED.nodes.node(after);
  return after === null || (node && !RED.workspaces.isLocked(node.z));
}

function pieceStep(twin, missing) {
  const type = TYPE_OF_ROLE[missing.role];
  if (type === undefined || !RED.nodes.getType(type)) return undefined;
  return step(twin, {
    row: missing.row,
    label: `+ Add ${missing.role}`,
    types: [type],
    after: missing.after,
    pieces: (named) => {
      const added = piece(type, named);
      return { pieces: [added], wires: [[missing.after, added.id]] };
    },
  });
}

/** "a forecast after state oven 1", in parts: text, and names to be set bold. */
function sentence(twin, missing) {
  const [first] = missing;
  if (first.role === "measurement") return ["a measurement that moves with the target, bound in a source"];
  if (first.role === "state") return [pieceWords("state")];
  const pieces = [missing.map(({ role }) => pieceWords(role)).join(" and ")];
  const anchor = RED.nodes.node(first.after ?? twin.states[0]);
  if (anchor)
    pieces.push(missing.length > 1 ? " at " : first.after === null ? " before " : " after ", {
      name: nameOf(anchor),
    });
  return pieces;
}
