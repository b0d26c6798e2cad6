import { CATEGORY_NAMES } from "../rung-theme/colours.js";
import { wayTo } from "./climb/steps.js";
import { html } from "./drawing.js";
import { stepForm } from "./step-form.js";

/**
 * What a rung that is not wired needs, and the one button that adds it: "3 predict needs a forecast after state booth 2
 * [+ Add forecast]". In its place the questions of the step, while they are asked. Beyond a twin's target nothing is
 * urged, so there it has no button.
 * @param isOpen says as well what the step takes for granted
 */
export function nextStep({ asking, hand, mayEdit }, twin, row, isOpen) {
  const way = wayTo(twin, row);
  if (way === undefined) return undefined;
  const { words, step, open } = way;
  const bold = (word) => (typeof word === "string" ? word : html("b", {}, word.name));
  const sentence = html(
    "p",
    {},
    html("b", {}, `${row} ${CATEGORY_NAMES[row]}`),
    " needs ",
    ...words.map(bold),
  );
  const box = html("div", { class: `rl-nx rung-r${row}` }, sentence);
  const isBeyond = twin.target !== null && row > twin.target;
  if (isBeyond) sentence.append(`; its target is rung ${twin.target}`);
  else if (!mayEdit) return box;
  else if (open) box.append(action(`Open ${open.name || "source"}`, () => RED.editor.edit(open)));
  else if (step !== undefined && asking?.step.id === step.id)
    return html("div", { class: `rl-asked rung-r${row}` }, box, stepForm({ ...asking, step }, hand));
  else if (step !== undefined) {
    box.append(action(step.label, () => hand.take(step, twin.address)));
    const said = isOpen ? step.says({}) : [];
    if (said.length > 0) box.append(html("p", { class: "rl-said" }, said.join(" · ")));
  }
  return box;
}

/** The first step of all, for a tab that has no twin. */
export function firstStep({ asking, hand }, step, isAlone) {
  const section = html("section", { class: "rl-start rung-r1", "data-key": "start" });
  if (isAlone)
    section.append(
      html("b", {}, "No twin on this tab yet"),
      html(
        "p",
        {},
        "A twin stands for one machine: a name and an address. From there its ladder offers the next piece, rung by rung.",
      ),
    );
  if (asking?.step.id === step.id) section.append(stepForm({ ...asking, step }, hand));
  else {
    const add = () => hand.take(step, undefined);
    section.append(
      html(
        "button",
        { type: "button", class: isAlone ? "rl-btn primary" : "rl-quiet", onclick: add },
        step.label,
      ),
    );
  }
  return section;
}

const action = (text, onclick) => html("button", { type: "button", class: "rl-btn go", onclick }, text);
