import { fitFor, nameOf } from "./known.js";

/** The state a twin's pieces are placed by; undefined where it stands inside a subflow or its tab is locked. */
export function stateOf(twin) {
  const state = RED.nodes.node(twin.states[0]);
  return state && !RED.workspaces.isLocked(state.z) ? state : undefined;
}

/** A new node of a step. */
export const piece = (type, fields) => ({ id: RED.nodes.id(), type, fields });

/**
 * A step of the climb for a twin that has a state.
 * @param asks what else the step has to ask, by the answers so far
 * @param says what it takes for granted, in words, by the answers so far
 * @param types node types it adds, whose histories and the like are asked where several fit
 * @param after id of the node they come after: where that stands on another tab than the state, so do they
 * @param pieces `(named, answers)` gives `{pieces, wires}`; `named` are the fields that name configuration nodes
 */
export function step(twin, { row, label, types, after, asks = () => [], says = () => [], pieces }) {
  // Looked up when it is asked for: most steps are only named, in the cards of many twins.
  const fields = () => configFields(twin, types);
  const several = () => fields().filter(({ fits }) => fits.length > 1);
  const only = () => fields().filter(({ fits }) => fits.length === 1);
  return {
    id: `${twin.address} ${row}`,
    row,
    label,
    asks: (answers) => [...asks(answers), ...several().map(configQuestion)],
    says: (answers) => [...says(answers), ...only().map(({ words, fits }) => `${words}: ${nameOf(fits[0])}`)],
    plan(answers) {
      const named = { twin: twin.node };
      for (const { name, fits } of only()) named[name] = fits[0].id;
      for (const { name } of several()) named[name] = answers[name];
      const state = stateOf(twin);
      const before = RED.nodes.node(after);
      const anchor = before && before.z !== state.z ? before : state;
      return { tab: anchor.z, anchor, ...pieces(named, answers) };
    },
  };
}

/**
 * The fields of some node types that name a configuration node, and those that fit the twin; but for the twin, which
 * is known, and the link.
 */
function configFields(twin, types) {
  const found = new Map();
  for (const type of types) {
    for (const [name, { type: config }] of Object.entries(RED.nodes.getType(type)?.defaults ?? {})) {
      if (config === undefined || name === "twin" || name === "link" || found.has(name)) continue;
      const words = RED.nodes.getType(config)?.paletteLabel ?? name;
      found.set(name, { name, words, fits: fitFor(twin, name, config) });
    }
  }
  return [...found.values()];
}

const configQuestion = ({ name, words, fits }) => ({
  id: name,
  kind: "one",
  label: `Which ${words}?`,
  options: fits.map((node) => ({ value: node.id, label: nameOf(node) })),
});
