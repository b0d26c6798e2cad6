import { CATEGORIES } from "./colours.js";

/** Class that carries the deep colour of a node type: `rung-r2`, `rung-rd`; undefined for a node of others. */
function colourClass(type, category) {
  const rung = /^([0-5]) /.exec(category ?? "")?.[1];
  if (type.startsWith("rung-") && rung !== undefined) return `rung-r${rung}`;
  return type.startsWith("ui-rung-") ? "rung-rd" : undefined;
}

/** The settings of a plain Node-RED name no order: there the ladder is put above core by hand. */
function orderPalette() {
  const palette = document.getElementById("red-ui-palette-container");
  if (palette === null) return;
  const id = (category) => `red-ui-palette-container-${category.replaceAll(" ", "_")}`;
  const containers = CATEGORIES.map((category) => document.getElementById(id(category))).filter(Boolean);
  palette.prepend(...containers);
}

RED.plugins.registerPlugin("rung-theme", {
  type: "rung-editor",
  onadd() {
    // A handler without a parameter would be taken for async and hold up all others.
    RED.hooks.add("viewAddNode.rung-theme", (event) => {
      const name = colourClass(event.node.type, event.node._def?.category);
      if (name !== undefined) event.el.classList.add("rung-node", name);
    });
    RED.events.on("registry:node-type-added", (type) => {
      const name = colourClass(type, RED.nodes.getType(type)?.category);
      // Drag helpers are clones of the palette's node, so it needs the class itself.
      if (name !== undefined)
        document.querySelector(`.red-ui-palette-node[data-palette-type="${type}"]`)?.classList.add(name);
    });
    if (!RED.settings.paletteCategories && !RED.settings.theme("palette.categories"))
      RED.events.on("flows:loaded", orderPalette);
  },
});
