import "./font.ts";
import css from "./tokens.css?inline";

/** Id of the one element that holds what all widgets share: colours, type, panel, table, button. */
const LOOK = "rung-look";
/** The build gives the element of a bundle's own rules this attribute. */
const WIDGET_RULES = "style[data-rung-widget]";

// Every bundle carries the look, and the first that loads puts it on the page: above the rules of any widget.
if (document.getElementById(LOOK) === null) {
  const style = document.createElement("style");
  style.id = LOOK;
  style.textContent = css;
  document.head.insertBefore(style, document.head.querySelector(WIDGET_RULES));

  // As the pages of sign-in and of the actuator are: dark where the device asks for it.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.body.classList.toggle("rung-dark", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}
