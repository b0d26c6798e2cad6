import { bindingsOf } from "./known.js";
import { piece, step } from "./step.js";

const TYPE = "rung-forecast";
/** Steps a forecast may look ahead, as its form has it. */
const MOST_STEPS = 288;

/** Row 3: asks what is to be foretold, and how far ahead; the step is the node's own, or the property's period. */
export function forecastStep(twin, missing) {
  const definition = RED.nodes.getType(TYPE);
  if (!definition) return undefined;
  const foretold = () => bindingsOf(twin).filter(isForetold);
  const stepS = (path) => {
    const periodS = (foretold().find((row) => row.path === path)?.periodMs ?? 0) / 1000;
    return Math.max(definition.defaults.stepS?.value ?? 0, periodS);
  };
  const hasHorizon = definition.defaults.horizonS !== undefined;
  return step(twin, {
    row: missing.row,
    label: "+ Add forecast",
    types: [TYPE],
    asks({ property }) {
      const asked = propertyQuestion(foretold());
      if (!hasHorizon) return [asked];
      return [asked, horizonQuestion(definition.defaults.horizonS.value, stepS(property ?? asked.value))];
    },
    says: ({ property }) => (hasHorizon && property ? [`in steps of ${stepS(property)} s`] : []),
    pieces(named, { property, horizonS }) {
      const fields = hasHorizon ? { stepS: stepS(property), horizonS: Number(horizonS) } : {};
      const added = piece(TYPE, { ...named, property, ...fields });
      return { pieces: [added], wires: [[missing.after, added.id]] };
    },
  });
}

/** A number that comes by itself and that nobody sets. */
const isForetold = ({ kind, type, periodMs }) =>
  periodMs !== 0 && (type ?? "number") === "number" && (kind ?? "measurement") === "measurement";

function propertyQuestion(rows) {
  const base = {
    id: "property",
    label: "Forecast which property?",
    problem: (value) => (value.trim() === "" ? "Choose what is to be foretold." : undefined),
  };
  if (rows.length === 0) return { ...base, kind: "text", placeholder: "exhaust/temperature" };
  return {
    ...base,
    kind: "pick",
    value: rows.length === 1 ? rows[0].path : "",
    options: rows.map(({ path, label, unit }) => ({
      value: path,
      label: [label, path, unit].filter((part) => part).join(" · "),
    })),
  };
}

const horizonQuestion = (valueS, stepS) => ({
  id: "horizonS",
  kind: "number",
  label: "How far ahead?",
  unit: "s",
  value: String(Math.max(valueS, stepS)),
  problem: (value) => {
    const steps = Math.round(Number(value) / stepS);
    return steps >= 1 && steps <= MOST_STEPS
      ? undefined
      : `Between ${stepS} and ${stepS * MOST_STEPS} s: steps are ${stepS} s long.`;
  },
});
