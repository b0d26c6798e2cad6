import { html, markPicture } from "./drawing.js";
import { onCanvas } from "./on-canvas.js";

/** Lines of one list: more would bury the first. */
const MOST = 20;

/** Selects a node on its tab. */
export function reveal(node) {
  RED.view.reveal(node.id, true);
  RED.view.select({ nodes: [node] });
}

/** Warnings of a twin's wires, each with a way to its node; undefined where there are none. */
export function twinWarnings({ warnings }) {
  return list(
    "its warnings",
    warnings.map(({ node, text }) => ({ node, text })),
  );
}

/** What is wrong with the flow as a whole: errors, what cannot be followed, outputs past the envelope. */
export function flowRemarks({ unguardedOutputs, notAnalysable, errors }) {
  const found = list("worth a look", [
    ...errors.map(({ message, node }) => ({ node, text: message })),
    ...notAnalysable.map(({ node, reason }) => ({ node, text: `not analysable: ${reason}` })),
    ...unguardedOutputs.map(({ node, type }) => ({
      node,
      text: `${type} could write to a plant past the envelope`,
    })),
  ]);
  return (
    found &&
    html("section", { class: "rl-remarks", "data-key": "remarks" }, html("h4", {}, "Worth a look"), found)
  );
}

function list(label, remarks) {
  if (remarks.length === 0) return undefined;
  const items = remarks.slice(0, MOST).map(({ node: id, text }) => {
    const node = onCanvas(id);
    const way = node
      ? html(
          "button",
          {
            type: "button",
            class: "rl-quiet",
            "aria-label": `Show it: ${RED.utils.getNodeLabel(node, node.type)}`,
            onclick: () => show(node),
          },
          "Show it",
        )
      : undefined;
    return html("li", {}, markPicture("warns"), html("span", {}, text, way ? " " : undefined, way));
  });
  if (remarks.length > MOST) items.push(html("li", {}, `and ${remarks.length - MOST} more`));
  return html("ul", { class: "rl-warnings", "aria-label": label }, ...items);
}

/** A configuration node stands on no tab: it is shown by its form. */
function show(node) {
  if (node._def.category === "config") RED.editor.editConfig("", node.type, node.id);
  else reveal(node);
}
