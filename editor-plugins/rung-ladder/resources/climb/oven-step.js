import { bindingsOf, membersOf, nameOf } from "./known.js";
import { piece, step } from "./step.js";

const MODEL = "rung-oven";
const FOLLOWER = "rung-estimate";
const OPTIMISER = "rung-optimise";
/** Answer to "which model": the one the palette brings along. */
const SHIPPED = "shipped";

/**
 * Row 4: an optimiser searches set points on a model that follows the oven, so model and estimate come with it where
 * they are not there. A calibrated model that fits the twin's tags is taken when it is the only one.
 */
export function ovenStep(twin, missing) {
  if (![FOLLOWER, OPTIMISER].every((type) => RED.nodes.getType(type))) return undefined;
  const needsModel = modelOf(twin) === undefined && RED.nodes.getType(MODEL)?.defaults.oven !== undefined;
  const needsFollower = membersOf(twin, FOLLOWER).length === 0;
  const candidates = () => (needsModel ? models(twin) : []);
  const only = () => {
    const fitting = candidates().filter(({ lacks }) => lacks.length === 0);
    return fitting.length === 1 ? fitting[0] : undefined;
  };
  const types = [...(needsFollower ? [FOLLOWER] : []), OPTIMISER];
  return step(twin, {
    row: missing.row,
    label: needsModel
      ? "+ Add model and optimise"
      : needsFollower
        ? "+ Add estimate and optimise"
        : "+ Add optimise",
    types,
    asks: () => (needsModel && only() === undefined ? [modelQuestion(candidates())] : []),
    says: () => [...[only()].flatMap((model) => (model ? `model: ${model.label}` : [])), ...limitWords()],
    pieces(named, { model }) {
      const pieces = [];
      const wires = [];
      const add = (type, fields) => {
        const added = piece(type, fields);
        pieces.push(added);
        return added.id;
      };
      const chosen = only() ?? candidates().find(({ value }) => value === model);
      if (chosen !== undefined) add(MODEL, { twin: twin.node, oven: chosen.oven });
      for (const type of types)
        wires.push([type === OPTIMISER ? missing.after : twin.states[0], add(type, named)]);
      return { pieces, wires };
    },
  });
}

const modelOf = (twin) => RED.nodes.filterNodes({ type: MODEL }).find((node) => node.twin === twin.node);

/** The models there are, each once: those of other ovens on the canvas, and the one the palette brings along. */
function models(twin) {
  const bound = new Set(bindingsOf(twin).map(({ path }) => path));
  const shipped = RED.nodes.getType(MODEL).defaults.oven.value;
  const found = new Map([[canonical(shipped), { value: SHIPPED, oven: shipped, label: "as it is shipped" }]]);
  for (const node of RED.nodes.filterNodes({ type: MODEL })) {
    const owner = RED.nodes.node(node.twin);
    const label = owner ? `that of ${nameOf(owner)}` : nameOf(node);
    found.set(canonical(node.oven), { value: node.id, oven: node.oven, label });
  }
  return [...found].flatMap(([text, model]) => {
    const zones = zonesOf(text);
    if (zones === undefined) return [];
    const lacks = zones.filter((zone) => !bound.has(`${zone}/airTemperature`));
    return [{ ...model, lacks, zones }];
  });
}

/** One text for one model, however it is laid out; the text itself where it is no JSON. */
function canonical(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return String(text);
  }
}

function zonesOf(text) {
  try {
    const { zones } = JSON.parse(text);
    return Array.isArray(zones) ? zones.map(({ name }) => name) : undefined;
  } catch {
    // A model that is no JSON is marked as wrong in its own form.
    return undefined;
  }
}

const modelQuestion = (candidates) => ({
  id: "model",
  kind: "one",
  label: "Which oven model does it follow?",
  options: candidates.map(({ value, label, zones, lacks }) => ({
    value,
    label,
    detail:
      lacks.length === 0
        ? `${zones.length} zones, all bound`
        : `${zones.length} zones; no tag is bound to ${few(lacks.map((zone) => `${zone}/airTemperature`))}`,
  })),
});

const few = (names) => (names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(" and "));

/** The limits the optimiser starts with, said and not asked: they stand in its form. */
function limitWords() {
  const { e170LeastMin, e170MostMin, zoneLowC, zoneHighC } = RED.nodes.getType(OPTIMISER).defaults;
  if (!e170LeastMin || !zoneLowC) return [];
  return [
    `limits as in its form: ${e170LeastMin.value} to ${e170MostMin.value} min at 170 °C, zones ${zoneLowC.value} to ${zoneHighC.value} °C`,
  ];
}
