import { CutWire } from "./cut-wire.js";
import { words } from "./words.js";

/** Pause in which the canvas comes to rest after a node was brought into view, ms. */
const REST_MS = 400;
const isSource = ({ type }) => /^rung-(\w+-source|ingest|recording)$/.test(type);

const wiresOf = (node) => RED.nodes.filterLinks({ source: node }).length;

/** A wire from a source straight into the state that most hangs on, of the tab that is open where it has one. */
function wireToCut() {
  const wires = RED.nodes
    .filterLinks({})
    .filter(
      ({ source, target }) => target.type === "rung-state" && isSource(source) && !source.d && !target.d,
    )
    .sort((a, b) => wiresOf(b.target) - wiresOf(a.target));
  const here = RED.workspaces.active();
  return wires.find(({ source }) => source.z === here) ?? wires[0];
}

const elementOf = (id) => $(document.getElementById(id));

/** Brings a node into view before a step points at it. */
const show = (node) => (done) => {
  RED.view.reveal(node.id, false);
  setTimeout(done, REST_MS);
};

function steps(link, wire, said) {
  const { source, target } = link;
  const ladder = () => $(".rl").first();
  const showLadder = () => RED.actions.invoke("rung:show-ladder", RED.nodes.node(target.twin)?.address);
  const step = (name, more = {}) => ({
    title: said[name][0],
    description: said[name][1],
    width: 380,
    ...more,
  });
  return [
    step("start"),
    step("source", { element: () => elementOf(source.id), direction: "right", prepare: show(source) }),
    step("state", { element: () => elementOf(target.id), direction: "right", prepare: show(target) }),
    step("palette", { element: "#red-ui-palette", direction: "right" }),
    step("ladder", {
      element: ladder,
      direction: "left",
      prepare: showLadder,
    }),
    step("cut", { element: () => elementOf(target.id), direction: "right", complete: () => wire.cut() }),
    step("fallen", { element: ladder, direction: "left", complete: () => wire.mend() }),
    step("deploy", { element: "#red-ui-header-button-deploy", direction: "bottom" }),
    step("end"),
  ];
}

/** Runs the tour on the flow that is open. However it ends, the wire it took is back. */
export function runTour(onEnd) {
  const { steps: said, nothing } = words();
  const link = wireToCut();
  if (link === undefined) {
    RED.notify(nothing, "warning");
    return;
  }
  const wire = new CutWire(link);
  prepared = { steps: steps(link, wire, said) };
  // Node-RED loads a tour by its address once and keeps it: each run has another.
  runs += 1;
  RED.tourGuide.run(new URL(`./steps.js?${runs}`, import.meta.url).href, (fault) => {
    wire.mend();
    if (fault) console.warn("rung-tour:", fault);
    onEnd();
  });
}

let runs = 0;
let prepared;
/** For Node-RED, which takes the steps of a tour from a module of its own. */
export const preparedSteps = () => prepared;
