import { boundSources, links, nameOf, SOURCE_OF_LINK } from "./known.js";
import { linkWords } from "./link-states.js";
import { piece, step } from "./step.js";

/** Answer to "which tags": none that is known, so the source's form asks. */
const IN_FORM = "form";

/**
 * Row 1: a source over a link that is there, and a history. Which tags belong to a twin nobody can know: they are
 * chosen in the source's form, or taken over from a source that reads the same link.
 * @returns `{step}`, or `{words, open}` where a source stands there and only names no link
 */
export function describeStep(twin, missing) {
  const source = missing.find(({ role }) => role === "source");
  const linkless = source && twin.warnings.find(({ code }) => code === "source-without-link");
  if (linkless) {
    const open = RED.nodes.node(linkless.node);
    return { words: ["a link in ", { name: nameOf(open) }], open };
  }
  const history = missing.find(({ role }) => role === "history");
  const types = history ? ["rung-history"] : [];
  const label = source && history ? "+ Add source and history" : source ? "+ Add source" : "+ Add history";
  return {
    step: step(twin, {
      row: missing[0].row,
      label,
      types,
      asks: ({ link }) => (source ? sourceQuestions(twin, link) : []),
      pieces(named, answers) {
        const pieces = [];
        const wires = [];
        if (source) {
          const added = sourcePiece(twin, answers);
          pieces.push(added);
          wires.push([added.id, twin.states[0]]);
        }
        if (history) {
          const added = piece("rung-history", named);
          pieces.push(added);
          wires.push([history.after, added.id]);
        }
        return { pieces, wires };
      },
    }),
  };
}

function sourceQuestions(twin, link) {
  const known = links();
  const questions = [
    {
      id: "link",
      kind: "one",
      label: "Over which link?",
      // The only one there is, is meant.
      value: known.length === 1 ? known[0].id : "",
      options: [
        ...known.map((node) => ({ value: node.id, label: nameOf(node), detail: linkWords(node) })),
        ...Object.keys(SOURCE_OF_LINK).map((type) => ({
          makes: type,
          label: `new ${RED.nodes.getType(type)?.paletteLabel ?? type} …`,
        })),
      ],
    },
  ];
  const chosen = link ?? questions[0].value;
  const tables = boundSources().filter((source) => source.link === chosen);
  if (tables.length > 0) {
    const isOwn = (source) => source.twin === twin.node;
    questions.push({
      id: "tags",
      kind: "one",
      label: "Which tags?",
      value: IN_FORM,
      options: [
        { value: IN_FORM, label: "choose them in the source's form" },
        ...tables
          .sort((a, b) => isOwn(b) - isOwn(a))
          .map((source) => ({
            value: source.id,
            label: `the same as ${nameOf(source)}`,
            detail: `${source.bindings.length} tags of ${nameOf(RED.nodes.node(source.twin) ?? source)}`,
          })),
      ],
    });
  }
  return questions;
}

function sourcePiece(twin, { link, tags }) {
  const type = SOURCE_OF_LINK[RED.nodes.node(link).type];
  const model = tags === undefined || tags === IN_FORM ? undefined : RED.nodes.node(tags);
  return piece(type, { ...(model && tableOf(model, twin)), link, twin: twin.node });
}

/** All that a source's form holds but its name; addresses below its own twin become those below the other. */
function tableOf(source, twin) {
  const fields = Object.keys(source._def.defaults).filter((field) => field !== "name" && field !== "twin");
  const table = Object.fromEntries(fields.map((field) => [field, structuredClone(source[field])]));
  const from = `${RED.nodes.node(source.twin)?.address}/`;
  const moved = (address) =>
    address.startsWith(from) ? `${twin.address}/${address.slice(from.length)}` : address;
  for (const row of table.bindings)
    if (Array.isArray(row.affectedBy)) row.affectedBy = row.affectedBy.map(moved);
  return table;
}
