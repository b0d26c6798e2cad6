import { cardKey, foldedCard, openCard } from "./card.js";
import { insert, isFormOpen } from "./climb/insertion.js";
import { links } from "./climb/known.js";
import { askStates } from "./climb/link-states.js";
import { tabForTwin, twinStep } from "./climb/twin-step.js";
import { html } from "./drawing.js";
import { firstStep } from "./next-step.js";
import { patchChildren } from "./patch.js";
import { flowRemarks } from "./remarks.js";
import { answersOf, problemsOf } from "./step-form.js";

/** The ladder sidebar: a card per twin, the rungs, the evidence of the chosen one, and one next step. */
export class LadderSidebar {
  /** What is put into the tab. */
  element = html("div", { class: "rl", onkeydown: (event) => this.#key(event) });
  #store;
  #lit;
  /** Address of the card that is open, and the rung chosen in it. */
  #open = undefined;
  #chosen = undefined;
  /** `{step, address, given, problems}` while a step asks something. */
  #asking = undefined;
  /** What each folded card was drawn from. */
  #faces = new WeakMap();
  #hand;

  constructor(store, lit) {
    this.#store = store;
    this.#lit = lit;
    this.#hand = {
      choose: (address, rung) => this.choose(address, rung),
      light: (twin, rung) => {
        this.#open = twin.address;
        this.#chosen = rung;
        this.#lit.toggle(twin.address, rung);
        this.render();
      },
      take: (step, address) => this.#take(step, address),
      answer: (id, value) => this.#answer(id, value),
      make: (id, type) => this.#make(id, type),
      put: (step) => this.#put(step),
      cancel: () => {
        const isFirst = this.#asking?.address === undefined;
        this.#asking = undefined;
        this.render();
        focusOn(this.element, isFirst ? [".rl-start button"] : NEXT_STEP);
      },
    };
  }

  /** Opens a twin's card at a rung. */
  choose(address, rung) {
    if (address !== this.#open) this.#asking = undefined;
    this.#open = address;
    this.#chosen = rung;
    this.render();
  }

  /** For the keyboard: on an empty tab to what begins there, else to the chosen rung. */
  focus() {
    focusOn(this.element, [".rl-start .primary", CHOSEN, "button"]);
  }

  render() {
    const twins = this.#store
      .twins()
      .map((twin) => [urgency(twin), twin])
      .sort(([a], [b]) => a - b)
      .map(([, twin]) => twin);
    this.#open ??= twins[0]?.address;
    // A twin just added, or taken back by undo, is not among them for a while, and stays the one that is meant.
    const isThere = twins.some(({ address }) => address === this.#open);
    const view = {
      store: this.#store,
      lit: this.#lit,
      hand: this.#hand,
      open: isThere ? this.#open : twins[0]?.address,
      chosen: isThere ? this.#chosen : undefined,
      asking: this.#asking,
      mayEdit: RED.user.hasPermission("flows.write"),
    };
    const start = view.mayEdit && tabForTwin() !== undefined ? twinStep() : undefined;
    const isAlone = twins.length === 0 || RED.nodes.filterNodes({ z: RED.workspaces.active() }).length === 0;
    const shown = new Map([...this.element.children].map((child) => [child.dataset.key, child]));
    const cards = twins.map((twin) => this.#card(view, twin, shown.get(cardKey(twin))));
    const foot = start && firstStep(view, start, isAlone);
    const content = [
      legend(twins.length),
      ...(isAlone ? [foot, ...cards] : [...cards, foot]),
      flowRemarks(this.#store.wiring),
    ];
    this.#show(content.filter((part) => part !== undefined));
    if (this.#asking?.step.asks(this.#asking.given).some(({ id }) => id === "link"))
      askStates(links(), () => this.render());
  }

  /** @param shown the twin's card as it stands; where a folded one would look the same, it stays */
  #card(view, twin, shown) {
    if (twin.address === view.open) {
      this.#faces.delete(shown);
      return openCard(view, twin);
    }
    const anchors = twin.missing.map(({ after }) => RED.nodes.node(after ?? twin.states[0]));
    const labels = anchors.map((node) => node && RED.utils.getNodeLabel(node, node.type));
    const face = JSON.stringify([{ ...twin, judged: drawnOf(twin.judged) }, labels, view.mayEdit]);
    if (shown !== undefined && this.#faces.get(shown) === face) return shown;
    const card = foldedCard(view, twin);
    this.#faces.set(shown ?? card, face);
    return card;
  }

  /** Changes only what differs, and keeps focus and scroll. */
  #show(content) {
    const focused = document.activeElement;
    const isOurs = this.element.contains(focused);
    const scroll = this.element.scrollTop;
    patchChildren(this.element, content);
    this.element.scrollTop = scroll;
    if (!isOurs || document.activeElement === focused) return;
    if (focused.isConnected) focused.focus({ preventScroll: true });
    else focusOn(this.element, [CHOSEN, "button"]);
  }

  #take(step, address) {
    if (this.#isBusy()) return;
    this.#asking = { step, address, given: {}, problems: {} };
    if (step.asks({}).length === 0) {
      this.#put(step);
      return;
    }
    if (address !== undefined) {
      this.#open = address;
      this.#chosen = step.row;
    }
    this.render();
    focusOn(this.element, QUESTION);
    this.element.querySelector(".rl-form").scrollIntoView({ block: "nearest" });
  }

  /** What was wrong is said until it is answered anew, or another answer has mended it. */
  #answer(id, value) {
    const { step, given, problems } = this.#asking;
    given[id] = value;
    delete problems[id];
    const left = problemsOf(step, given);
    for (const other of Object.keys(problems)) if (left[other] !== problems[other]) delete problems[other];
    this.render();
  }

  /** @param step as the canvas is now, which may have changed since it began to ask */
  #put(step) {
    if (this.#asking === undefined || this.#isBusy()) return;
    const { address, given } = this.#asking;
    this.#asking.problems = problemsOf(step, given);
    if (Object.keys(this.#asking.problems).length > 0) {
      this.render();
      focusOn(this.element, PROBLEM);
      return;
    }
    const plan = step.plan(answersOf(step, given));
    this.#asking = undefined;
    this.render();
    insert(plan, (stands) => {
      if (stands) {
        this.#open = plan.address ?? address;
        this.#chosen = undefined;
        this.#lit.clear();
      }
      setTimeout(() => {
        // Who is quicker has taken the next step already, and is answering it.
        if (this.#asking !== undefined) return;
        focusOn(this.element, NEXT_STEP);
        this.element.querySelector(".rl-open")?.scrollIntoView({ block: "nearest" });
      }, SETTLED_MS);
    });
  }

  /** Opens the form of a new configuration node, and takes it for the answer once it is there. */
  #make(id, type) {
    if (this.#isBusy()) return;
    const { given } = this.#asking;
    const added = (node) => {
      if (node.type === type) given[id] = node.id;
    };
    const closed = () => {
      RED.events.off("nodes:add", added);
      RED.events.off("editor:close", closed);
      this.render();
      setTimeout(() => focusOn(this.element, QUESTION), SETTLED_MS);
    };
    RED.events.on("nodes:add", added);
    RED.events.on("editor:close", closed);
    RED.editor.editConfig("", type, "_ADD_");
  }

  #isBusy() {
    if (isFormOpen()) RED.notify("Close the open form first.", "warning");
    return isFormOpen();
  }

  #key(event) {
    const { key, target } = event;
    if (key === "Escape" && target.closest("form") !== null) {
      event.stopPropagation();
      this.#hand.cancel();
      return;
    }
    // Node-RED knows these on the canvas only, and a step has just been taken here.
    const action = { z: "core:undo", y: "core:redo" }[key];
    if (action !== undefined && (event.ctrlKey || event.metaKey) && !target.matches("input")) {
      event.preventDefault();
      if (!isFormOpen()) RED.actions.invoke(action);
      return;
    }
    this.#move(event);
  }

  /** Arrow keys, Home and End go along the rungs of a ladder, choosing, and along the twins. */
  #move(event) {
    const { key, target } = event;
    const ladder = target.closest(".rl-ladder");
    const all = ladder
      ? [...ladder.querySelectorAll(".rl-row")]
      : target.matches(".rl-name")
        ? [...this.element.querySelectorAll(".rl-name")]
        : [];
    const at = all.indexOf(target);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    next.focus();
    if (ladder === null) return;
    this.#open = ladder.closest(".rl-twin").dataset.twin;
    this.#chosen = Number(next.dataset.rung);
    this.render();
  }
}

/** By then the wires have been read again, and Node-RED has given the focus to the canvas, as it does after a form, ms. */
const SETTLED_MS = 200;
const CHOSEN = ".rl-row.sel";
const NEXT_STEP = [".rl-ev .rl-btn", CHOSEN, "button"];
const QUESTION = [".rl-form :is(input, select)", ".rl-form fieldset button"];
const PROBLEM = [
  '[aria-invalid="true"]:not(fieldset)',
  'fieldset[aria-invalid="true"] input',
  'fieldset[aria-invalid="true"] button',
];

/** Focuses the first thing there is, of a group of choices the one that is chosen. */
function focusOn(element, selectors) {
  for (const selector of selectors) {
    const found = element.querySelector(selector);
    if (found === null) continue;
    const chosen = found.type === "radio" ? found.form.querySelector(`[name="${found.name}"]:checked`) : null;
    (chosen ?? found).focus();
    return;
  }
}

/** What a folded card shows of a verdict: figures change with every report, and it says none of a row that holds. */
const drawnOf = (judged) =>
  judged && {
    held: judged.held,
    enough: judged.enough,
    rows: judged.rows.map(({ wired, verdict, fact }) => [wired, verdict, verdict === "holds" ? "" : fact]),
  };

/** Falling first, then what is nearest to its next rung. */
function urgency(twin) {
  const held = twin.judged?.held ?? 0;
  if (twin.judged?.rows.some(({ verdict }) => verdict === "fails")) return -10 + held;
  if (twin.judged?.enough) return 20;
  return Math.abs(twin.wired - held) === 0 ? 10 - held : twin.wired - held;
}

function legend(count) {
  const key = (kind, text) => html("span", {}, html("i", { class: `k ${kind}` }), text);
  return html(
    "div",
    { class: "rl-head", "data-key": "legend" },
    key("held", "held"),
    key("wired", "wired"),
    key("absent", "not wired"),
    html("span", { class: "rl-count" }, count === 1 ? "1 twin" : `${count} twins`),
  );
}
