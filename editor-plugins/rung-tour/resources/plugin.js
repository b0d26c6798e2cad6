import { runTour } from "./tour.js";
import { words } from "./words.js";

/** In the person's own settings: the tour was offered, and taken or put off. */
const MET = "rung.tour.met";
const ACTION = "rung:tour";

const met = () => RED.settings.set(MET, true);

/** A line above the ladder, which a new person has before her; gone for good once it is answered. */
function offer() {
  const ladder = document.querySelector(".rl");
  if (ladder === null || RED.settings.get(MET)) return;
  const { offer: text, take, later } = words();
  const bar = document.createElement("div");
  bar.className = "rung-tour-offer";
  const button = (label, onclick) => {
    const element = Object.assign(document.createElement("button"), {
      type: "button",
      className: "red-ui-button red-ui-button-small",
      textContent: label,
      onclick: () => {
        bar.remove();
        met();
        onclick?.();
      },
    });
    return element;
  };
  const sentence = document.createElement("span");
  sentence.textContent = text;
  bar.append(
    sentence,
    button(take, () => RED.actions.invoke(ACTION)),
    button(later),
  );
  ladder.before(bar);
}

RED.plugins.registerPlugin("rung-tour", {
  type: "rung-editor",
  onadd() {
    RED.actions.add(ACTION, () => {
      document.querySelector(".rung-tour-offer")?.remove();
      runTour(met);
    });
    RED.menu.addItem("red-ui-header-button-sidemenu", {
      id: "menu-item-rung-tour",
      label: words().menu,
      onselect: ACTION,
    });
    if (RED.workspaces.count() > 0) offer();
    else RED.events.on("flows:loaded", offer);
  },
});
