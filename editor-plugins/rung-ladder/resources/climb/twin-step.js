import { configsOf } from "./known.js";
import { spotOfState } from "./placement.js";
import { piece } from "./step.js";

/** As the form of the twin has it: levels by "/", none empty, none with blanks at its ends. */
const ADDRESS = /^[^/\s]([^/]*[^/\s])?(\/[^/\s]([^/]*[^/\s])?)*$/;

/** Where a new twin may stand: the tab that is shown, unless it is locked or a subflow. */
export function tabForTwin() {
  const tab = RED.workspaces.active();
  return RED.nodes.workspace(tab) && !RED.workspaces.isLocked(tab) ? tab : undefined;
}

/** A new twin with its state on the tab that is shown: asks name and address, which nothing can know. */
export function twinStep() {
  return {
    id: "a new twin",
    row: 0,
    label: "+ Add a twin",
    asks: ({ name = "" }) => [
      {
        id: "name",
        kind: "text",
        label: "Name",
        placeholder: "Oven 1",
        problem: (value) => (value.trim() === "" ? "Give it the name people call it." : undefined),
      },
      {
        id: "address",
        kind: "text",
        label: "Address",
        placeholder: "acme/leipzig/paint/oven1",
        value: suggestedAddress(name),
        problem: addressProblem,
      },
    ],
    says: () => [],
    plan({ name, address }) {
      const twin = piece("rung-twin", { name: name.trim(), address });
      const tab = tabForTwin();
      const state = { ...piece("rung-state", { twin: twin.id }), at: spotOfState(tab) };
      return { tab, pieces: [twin, state], wires: [], address };
    },
  };
}

/** The state of a twin that is configured and has none. */
export function stateStep(twin) {
  if (tabForTwin() === undefined || !RED.nodes.getType("rung-state")) return undefined;
  return {
    id: `${twin.address} 0`,
    row: 0,
    label: "+ Add state",
    asks: () => [],
    says: () => [],
    plan() {
      const tab = tabForTwin();
      const state = { ...piece("rung-state", { twin: twin.node }), at: spotOfState(tab) };
      return { tab, pieces: [state], wires: [] };
    },
  };
}

const addresses = () =>
  configsOf("rung-twin")
    .map(({ address }) => address)
    .filter((address) => typeof address === "string" && address !== "");

/** Beside the twins there are, at the place most of them share: "acme/leipzig/paint/" and the name in one word. */
function suggestedAddress(name) {
  const last = name
    .trim()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word, at) => (at === 0 ? word[0].toLowerCase() : word[0].toUpperCase()) + word.slice(1))
    .join("");
  const counts = new Map();
  for (const address of addresses()) {
    const place = address.slice(0, address.lastIndexOf("/") + 1);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const [place] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [""];
  return last === "" || place === "" ? "" : place + last;
}

function addressProblem(address) {
  if (!ADDRESS.test(address)) return "Write enterprise/site/area/machine, without blanks at a slash.";
  if (addresses().includes(address)) return "Another twin has this address.";
  return undefined;
}
