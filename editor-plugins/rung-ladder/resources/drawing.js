import { STATE } from "../rung-theme/colours.js";

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and, last, its text. */
export function svg(name, attributes = {}, text = undefined) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * An HTML element; children are elements or text, so nothing that comes from a flow is read as HTML. Listeners are set
 * as properties, which `patch` can hand on.
 */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element[key] = value ?? null;
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** The mark of a node, 15 x 15: tick in a ring, triangle (`fails`, `warns`), dashed ring. */
export function mark(state) {
  const group = svg("g", { class: `rung-mark rung-mark-${state}` });
  if (state === "holds") {
    group.append(
      svg("circle", { cx: 7.5, cy: 7.5, r: 7.5, fill: "#fff", stroke: STATE.ring, "stroke-width": 1.4 }),
      svg("path", {
        d: "M4.2 7.8l2.4 2.5 4.3-5",
        fill: "none",
        stroke: STATE.holds,
        "stroke-width": 1.9,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
      }),
    );
  } else if (state === "fails" || state === "warns") {
    group.append(
      svg("path", {
        d: "M8 .4L15.8 14.6H.2Z",
        fill: STATE.broken,
        stroke: "#fff",
        "stroke-width": 1,
        "stroke-linejoin": "round",
      }),
      svg("path", { d: "M8 5.2v4.6", stroke: "#fff", "stroke-width": 2, "stroke-linecap": "round" }),
      svg("circle", { cx: 8, cy: 12.2, r: 1.15, fill: "#fff" }),
    );
  } else {
    group.append(
      svg("circle", {
        cx: 7.5,
        cy: 7.5,
        r: 6.8,
        fill: "#fff",
        stroke: STATE.waiting,
        "stroke-width": 1.5,
        "stroke-dasharray": "2.6 2.4",
      }),
    );
  }
  return group;
}

/** The mark as a picture in a line of text. */
export function markPicture(state) {
  const picture = svg("svg", {
    width: 15,
    height: 15,
    viewBox: "-0.8 -0.8 17.4 17.4",
    class: "rl-mark",
    "aria-hidden": "true",
  });
  const drawn = mark(state);
  // On the panel an empty ring is empty; only on a wire it must cover what is below.
  if (state === "waiting") drawn.firstChild.setAttribute("fill", "none");
  picture.append(drawn);
  return picture;
}

/** One step of the drawn ladder, 58 x 33: filled held, outlined wired, dashed not there. */
export function step(rung, isHeld, isWired) {
  const height = 33;
  const picture = svg("svg", { width: 58, height, class: "rung-step-picture", "aria-hidden": "true" });
  const top = rung === 5 ? 7 : 0;
  const bottom = rung === 0 ? 26 : height;
  picture.append(
    svg("path", { d: `M13 ${top}V${bottom}M45 ${top}V${bottom}`, class: "rung-rail" }),
    svg("rect", {
      x: isHeld ? 13 : 14,
      y: height / 2 - (isHeld ? 5 : 4.2),
      width: isHeld ? 32 : 30,
      height: isHeld ? 10 : 8.4,
      rx: 2.5,
      class: isHeld ? "rung-bar-held" : isWired ? "rung-bar-wired" : "rung-bar-absent",
    }),
  );
  return picture;
}
