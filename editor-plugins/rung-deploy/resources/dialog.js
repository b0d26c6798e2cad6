import { html } from "../rung-ladder/drawing.js";
import { deployedWords } from "./comparison.js";

/** Sentences per tab; what is more can be reviewed in detail. */
const SHOWN = 30;

const SIDES = [
  { side: "mine", label: "Keep mine" },
  { side: "theirs", label: "Take theirs" },
];

/** Says in words what two people changed, and merges it once it is clear whose holds. */
export class StaleDeployDialog {
  #comparison;
  #isDeploying;
  #answer;
  #choices = new Map();
  #outcome;
  #element;
  #effect = html("div", { class: "rung-deploy-effect", "aria-live": "polite" });
  #primary;

  /**
   * @param comparison a Comparison
   * @param isDeploying false where a person only reviews what others deployed
   * @param answer `{cancel(), review(), merge({merged, isDeployed})}`; one of them is called, once
   */
  constructor(comparison, isDeploying, answer) {
    this.#comparison = comparison;
    this.#isDeploying = isDeploying && RED.user.hasPermission("flows.write");
    this.#answer = answer;
    this.#primary = html("button", { type: "button", class: "rung-deploy-primary" });
    this.#element = this.#draw();
    this.#update();
  }

  open() {
    document.getElementById("red-ui-editor").append(this.#element);
    this.#element.showModal();
    const first = this.#element.querySelector("input[type=radio]") ?? this.#primary;
    first.focus();
  }

  #draw() {
    const { deployments, theirChange, myChange, credentialsOf, conflicts, changedByBoth } = this.#comparison;
    const hasMine = !myChange.isSame || credentialsOf.length > 0;
    const entered = credentialsOf.map(({ type, name }) => `entered in ${name || type}`);
    const cancel = html("button", { type: "button" }, "Cancel");
    const review = html("button", { type: "button" }, "Review in detail");
    const save = html("button", { type: "button" }, "Save mine as a file");
    const dialog = html(
      "dialog",
      { class: "rung-deploy", "aria-labelledby": "rung-deploy-title" },
      html("h2", { id: "rung-deploy-title" }, "The flow was deployed in the meantime"),
      html("p", { class: "rung-deploy-who" }, deployedWords(deployments)),
      html(
        "div",
        { class: "rung-deploy-body" },
        html(
          "div",
          { class: "rung-deploy-sides" },
          side("They changed", theirChange),
          side("You changed", myChange, entered),
        ),
        changedByBoth.length > 0
          ? html("p", { class: "rung-deploy-both" }, `Changed by both: ${changedByBoth.join(", ")}.`)
          : undefined,
        conflicts.length > 0 ? this.#drawConflicts(conflicts) : undefined,
        html(
          "h3",
          {},
          this.#isDeploying ? "What your deploy does to the twins" : "What the merge does to the twins",
        ),
        this.#effect,
      ),
      html(
        "div",
        { class: "rung-deploy-buttons" },
        cancel,
        review,
        hasMine ? save : undefined,
        this.#primary,
      ),
    );
    // The editor's own keys (delete, undo, deploy) are not meant here.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#finish(() => this.#answer.cancel());
    });
    cancel.addEventListener("click", () => this.#finish(() => this.#answer.cancel()));
    review.addEventListener("click", () => this.#finish(() => this.#answer.review()));
    save.addEventListener("click", () => saveAsFile(this.#comparison.shown));
    this.#primary.addEventListener("click", () => {
      const { merged, isDeployed } = this.#outcome;
      this.#finish(() => this.#answer.merge({ merged, isDeployed }));
    });
    return dialog;
  }

  #drawConflicts(conflicts) {
    return html(
      "section",
      { class: "rung-deploy-conflicts" },
      html("h3", {}, "Whose holds?"),
      ...conflicts.map(({ place, name, sentences }, index) =>
        html(
          "fieldset",
          {},
          html("legend", {}, name),
          sentenceList(sentences),
          ...SIDES.map(({ side: value, label }) => {
            const choice = html("input", { type: "radio", name: `rung-deploy-${index}`, value });
            choice.addEventListener("change", () => {
              this.#choices.set(place, value);
              this.#update();
            });
            return html("label", {}, choice, label);
          }),
        ),
      ),
    );
  }

  /** What follows from the choices so far. */
  #update() {
    this.#outcome = this.#comparison.merge(this.#choices);
    const { open, effect, isDeployed } = this.#outcome;
    // An import of all nodes would pull the ground from under it.
    const hasFormOpen = RED.editor.getEditStack().length > 0;
    this.#primary.disabled = open.length > 0 || hasFormOpen;
    this.#primary.textContent = !this.#isDeploying
      ? "Merge"
      : isDeployed
        ? "Take theirs"
        : "Merge and deploy";
    const words = hasFormOpen
      ? ["Cancel, and finish first the form that is open."]
      : open.length > 0
        ? [`Choose first for ${open.map(({ name }) => name).join("; ")}.`]
        : isDeployed
          ? ["Nothing of yours is left to deploy: what runs stays."]
          : effect.twins.length > 0
            ? effect.twins.map(({ sentence }) => sentence)
            : ["Class and rung of every twin stay as they are."];
    this.#effect.replaceChildren(sentenceList(words));
  }

  #finish(answer) {
    this.#element.close();
    this.#element.remove();
    answer();
  }
}

/** One side's changes, per tab. */
function side(title, { places, twins }, entered = []) {
  const isNothing = places.length === 0 && twins.length === 0 && entered.length === 0;
  return html(
    "section",
    {},
    html("h3", {}, title),
    isNothing
      ? html("p", { class: "rung-deploy-nothing" }, "Nothing but where things stand on their tabs.")
      : undefined,
    ...places.flatMap(({ kind, name, sentences }) => [
      html("h4", {}, kind === "shared" ? "Shared configuration" : `${kind} ${name}`),
      sentenceList(sentences),
    ]),
    ...(entered.length > 0 ? [html("h4", {}, "Credentials"), sentenceList(entered)] : []),
    ...(twins.length > 0
      ? [html("h4", {}, "Twins"), sentenceList(twins.map(({ sentence }) => sentence))]
      : []),
  );
}

function sentenceList(sentences) {
  const shown = sentences.slice(0, SHOWN).map((sentence) => html("li", {}, sentence));
  const more = sentences.length - shown.length;
  return html("ul", {}, ...shown, more > 0 ? html("li", {}, `and ${more} more`) : undefined);
}

/** The person's own flow, as Node-RED's export writes it, without credentials. */
function saveAsFile(flow) {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(flow, null, 4)], { type: "application/json" }),
  );
  const link = html("a", { href: address, download: "my-flows.json" });
  link.click();
  URL.revokeObjectURL(address);
}
