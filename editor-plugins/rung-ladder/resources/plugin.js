import { Badges } from "./badges.js";
import { openAsLeft } from "./first-opening.js";
import { LadderStore } from "./ladder-store.js";
import { LitPath } from "./lit-path.js";
import { LadderSidebar } from "./sidebar.js";

const TAB = "rung-ladder";

RED.plugins.registerPlugin("rung-ladder", {
  type: "rung-editor",
  onadd() {
    const store = new LadderStore();
    let sidebar;
    const lit = new LitPath(store, () => sidebar.render());
    sidebar = new LadderSidebar(store, lit);
    const badges = new Badges(store, (twin, rung) => {
      RED.sidebar.show(TAB);
      sidebar.choose(twin, rung);
    });

    RED.sidebar.addTab({
      id: TAB,
      name: "Ladder",
      label: "ladder",
      icon: "resources/@rung/node-red-rung/rung-ladder/rung-tab.svg",
      content: $(sidebar.element),
      target: "primary",
      enableOnEdit: true,
    });
    openAsLeft(TAB);
    RED.actions.add("rung:show-ladder", (twin) => {
      RED.sidebar.show(TAB);
      // Whom a key or a menu asks gives none.
      if (typeof twin === "string") sidebar.choose(twin);
      sidebar.focus();
    });
    // "g" leads to a tab of the sidebar, as for Node-RED's own.
    RED.keyboard.add("*", "ctrl-g l", "rung:show-ladder");
    badges.register();
    lit.register();
    store.listen(() => {
      sidebar.render();
      badges.repaint();
      lit.paint();
    });

    RED.comms.subscribe("rung/ladder", (_topic, report) => store.take(report));
    RED.events.on("workspace:change", () => sidebar.render());
    store.watch();
    sidebar.render();
  },
});
