import { html } from "./drawing.js";

/** What a question is answered with now: what was typed or chosen, else what is suggested. */
export function answersOf(step, given) {
  const answers = {};
  for (const { id, kind, value, options } of step.asks(given)) {
    const isOpen = kind === "text" || kind === "number";
    // What was chosen may be no choice any more, of another link or removed.
    const isThere = isOpen || options.some((option) => option.value === given[id]);
    answers[id] = (isThere ? given[id] : undefined) ?? value ?? "";
  }
  return answers;
}

/** Why the answers do not do yet, by question. */
export function problemsOf(step, given) {
  const answers = answersOf(step, given);
  const problems = {};
  for (const { id, problem } of step.asks(given)) {
    const found = problem ? problem(answers[id]) : answers[id] === "" ? "Choose one of these." : undefined;
    if (found !== undefined) problems[id] = found;
  }
  return problems;
}

/**
 * The questions of a step, in the card itself.
 * @param asking `{step, given, problems}`: what was answered so far, and what was wrong when it was last tried
 * @param hand `answer(id, value)`, `make(id, type)` for an option that makes what it offers, `put(step)`, `cancel()`
 */
export function stepForm({ step, given, problems }, hand) {
  const answers = answersOf(step, given);
  const said = step.says(answers);
  return html(
    "form",
    {
      class: "rl-form",
      "data-key": `form ${step.id}`,
      "aria-label": step.label.replace(/^\+ /, ""),
      novalidate: "",
      autocomplete: "off",
      onsubmit: (event) => {
        event.preventDefault();
        hand.put(step);
      },
    },
    ...step.asks(given).map((question) => field(question, answers[question.id], problems[question.id], hand)),
    said.length > 0 ? html("p", { class: "rl-said" }, said.join(" · ")) : undefined,
    html(
      "div",
      { class: "rl-form-foot" },
      html("button", { type: "submit", class: "rl-btn go" }, "Add"),
      html("button", { type: "button", class: "rl-quiet", onclick: () => hand.cancel() }, "Cancel"),
    ),
  );
}

function field(question, answer, problem, hand) {
  const { id, kind, label } = question;
  const name = `rl-${id}`;
  const wrong = problem
    ? html("span", { class: "rl-problem", id: `${name}-problem`, role: "alert" }, problem)
    : undefined;
  const told = { "aria-invalid": problem ? "true" : undefined, "aria-describedby": wrong?.id };
  if (kind === "one") {
    return html(
      "fieldset",
      { "data-key": id, ...told },
      html("legend", {}, label),
      ...question.options.map((option) => choice(name, option, option.value === answer, id, hand)),
      wrong,
    );
  }
  const oninput = (event) => hand.answer(id, event.target.value);
  const input =
    kind === "pick"
      ? html(
          "select",
          { name, oninput, ...told },
          html("option", { value: "" }, ""),
          ...question.options.map(({ value, label: words }) =>
            html("option", { value, selected: value === answer }, words),
          ),
        )
      : html("input", {
          name,
          type: kind,
          step: kind === "number" ? "any" : undefined,
          value: answer,
          placeholder: question.placeholder,
          oninput,
          ...told,
        });
  return html(
    "label",
    { "data-key": id },
    html("span", {}, label),
    html(
      "span",
      { class: `rl-input ${kind}` },
      input,
      question.unit ? html("span", {}, question.unit) : undefined,
    ),
    wrong,
  );
}

/** One of several; an option that makes something is a button, since it leads to a form. */
function choice(name, { value, label, detail, makes }, isChosen, id, hand) {
  if (makes !== undefined)
    return html(
      "button",
      { type: "button", class: "rl-quiet", "data-key": makes, onclick: () => hand.make(id, makes) },
      label,
    );
  return html(
    "label",
    { class: "rl-choice", "data-key": value },
    html("input", {
      type: "radio",
      name,
      value,
      checked: isChosen,
      onchange: () => hand.answer(id, value),
    }),
    html("span", {}, html("b", {}, label), detail ? html("span", { class: "of" }, detail) : undefined),
  );
}
