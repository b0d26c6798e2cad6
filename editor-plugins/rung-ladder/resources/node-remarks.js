import { onCanvas } from "./on-canvas.js";
import { recordWords } from "./record-words.js";

const RUNGS = [0, 1, 2, 3, 4, 5];
/** What deserves a look first. */
const ORDER = ["fails", "warns", "waiting", "holds"];
const STATE = { fails: "fails", collecting: "waiting", holds: "holds" };

/**
 * What is known of every node, from the wires of the canvas and the evidence of the running flow.
 * @returns `marks`: by node the state to be drawn, the lines that say it, worst first, and the twin and rung they are
 *   about; `levels`: by state node what its twin holds and is wired for
 */
export function nodeRemarks(store) {
  const remarks = new Map();
  const add = (id, state, text, twin, rung) => {
    const node = onCanvas(id)?.id ?? id;
    const known = remarks.get(node);
    const entry = { state, text, twin, rung };
    if (known === undefined) remarks.set(node, [entry]);
    else if (known.every((other) => other.text !== text)) known.push(entry);
  };
  for (const { address, rows } of store.report?.twins ?? [])
    for (const { row, evidence } of rows)
      for (const record of evidence)
        add(record.node, STATE[record.verdict] ?? "waiting", recordWords(record), address, row);
  const levels = new Map();
  for (const twin of store.twins()) {
    for (const state of twin.states) levels.set(state, { held: twin.judged?.held, wired: twin.wired });
    for (const { node, text } of twin.warnings) add(node, "warns", text, twin.address);
    for (const piece of twin.floating)
      if (!remarks.has(piece.node))
        add(piece.node, "waiting", floatingWords(twin, piece), twin.address, piece.row);
  }
  for (const { node, reason } of store.wiring.notAnalysable) add(node, "warns", `not analysable: ${reason}`);
  for (const { node, message } of store.wiring.errors) add(node, "warns", message);
  return { marks: new Map([...remarks].map(([node, entries]) => [node, markOf(entries)])), levels };
}

function markOf(entries) {
  const sorted = entries.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const { state, twin, rung } = sorted[0];
  return { state, twin, rung, lines: sorted.map(({ text }) => text) };
}

/** Why a piece that is there does not count yet. */
function floatingWords(twin, { node, row }) {
  if (!twin.members.includes(node)) return "not connected to a state, so it counts for no rung";
  const below = RUNGS.find((rung) => rung < row && !twin.capabilities.includes(rung));
  return below === undefined ? `its rung ${row} is not complete` : `needs rung ${below}`;
}
