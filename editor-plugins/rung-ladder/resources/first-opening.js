/** Width the ladder is drawn for, px. */
const WIDTH = 364;
/** Part of the sidebar's height for it, so that six rungs stand above the debug messages without scrolling. */
const HEIGHT = 0.7;

/** The part of the saved layout of the sidebars a tab has its place in; undefined before a person first meets it. */
function placeOf(tab) {
  const layout = RED.settings.get("editor.sidebar.state");
  return [layout?.primary, layout?.secondary]
    .flatMap((sidebar) => [sidebar?.top, sidebar?.bottom])
    .find((section) => Array.isArray(section?.tabs) && section.tabs.includes(tab));
}

/** Calls back once the editor has opened the tabs of the saved layout, which it does as it uncovers its toolbar. */
function onceOpened(callback) {
  const toolbar = document.getElementById("red-ui-header-toolbar");
  const isOpen = () => !toolbar.classList.contains("hide");
  if (isOpen()) return callback();
  // An observer runs after the task that uncovers the toolbar, and so after the tabs.
  const uncovered = new MutationObserver(() => {
    if (!isOpen()) return;
    uncovered.disconnect();
    callback();
  });
  uncovered.observe(toolbar, { attributes: true, attributeFilter: ["class"] });
}

/**
 * Puts a tab's button first in its row, and opens the tab for a person who meets it for the first time. Later her
 * own choice holds: Node-RED saves her layout, in which the tab then stands. It cannot bring back a tab added
 * after the editor has loaded, as a plugin's may be, so the tab she left open is opened here too.
 */
export function openAsLeft(tab) {
  const button = document.querySelector(`button[data-tab-id="${tab}"]`);
  button?.parentElement?.prepend(button);
  const place = placeOf(tab);
  if (place !== undefined && (place.hidden || place.active !== tab)) return;
  onceOpened(() => {
    const sidebar = $("#red-ui-sidebar");
    if (place === undefined) {
      sidebar.width(WIDTH);
      sidebar.find(".red-ui-sidebar-section-top").outerHeight(Math.round(sidebar.height() * HEIGHT));
    }
    RED.sidebar.show(tab);
    RED.events.emit("sidebar:resize");
  });
}
