/** What the arming page is made of: elements, marks, fields and the button that is held. */
const HOLD_MS = 2000;
/** Kept over repaints: what a person is typing. */
export const typed = new Map<string, string>();
/** A button is being held: nothing may be painted anew under the finger. */
export let isHolding = false;

export const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export function make(
  tag: string,
  parts: { text?: string; className?: string } = {},
  ...children: Node[]
): HTMLElement {
  const made = document.createElement(tag);
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.className !== undefined) made.className = parts.className;
  made.append(...children);
  return made;
}

export function row(tag: string, cells: readonly string[]): HTMLElement {
  return make("tr", {}, ...cells.map((text) => make(tag, { text })));
}

/** A drawn mark: a tick in a disc, or a triangle where it does not hold. */
export function mark(holds: boolean): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", holds ? "holds" : "does not hold");
  const shape = (d: string, attributes: Record<string, string>) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    svg.append(path);
  };
  if (holds) {
    shape("M9 1a8 8 0 1 0 0 16a8 8 0 1 0 0-16z", { fill: "var(--data)" });
    shape("M5 9.2l2.8 2.8L13 6.6", { fill: "none", stroke: "var(--on-data)", "stroke-width": "2" });
  } else {
    shape("M9 1.5L17 16H1z", { fill: "var(--p2)", stroke: "var(--rim)", "stroke-width": "1.4" });
    shape("M9 6v5M9 12.6v1.6", { fill: "none", stroke: "#14181b", "stroke-width": "1.8" });
  }
  return svg;
}

/** Does something only after the button was held for 2 s; letting go cancels. Enter and Space hold it too. */
export function holdButton(text: string, act: () => void): HTMLElement {
  const fill = document.createElement("i");
  const button = make("button", { className: "hold" }, fill, make("span", { text })) as HTMLButtonElement;
  button.type = "button";
  let started = 0;
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    started = 0;
    isHolding = false;
    fill.style.width = "0";
  };
  const step = () => {
    const share = (performance.now() - started) / HOLD_MS;
    fill.style.width = `${Math.min(100, share * 100)}%`;
    if (share < 1) {
      frame = requestAnimationFrame(step);
      return;
    }
    stop();
    act();
  };
  const start = () => {
    if (started !== 0) return;
    isHolding = true;
    started = performance.now();
    frame = requestAnimationFrame(step);
  };
  button.addEventListener("pointerdown", start);
  for (const end of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) {
    button.addEventListener(end, stop);
  }
  button.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") start();
  });
  return button;
}

export function field(id: string, label: string, type: string, fallback = ""): HTMLElement {
  const input = make("input") as HTMLInputElement;
  input.id = id;
  input.type = type;
  input.value = typed.get(id) ?? fallback;
  if (type === "number") input.min = "1";
  if (type === "password") input.autocomplete = "off";
  input.addEventListener("input", () => typed.set(id, input.value));
  return make("label", { text: label }, input);
}

export const typedIn = (id: string): string => element<HTMLInputElement>(id).value;
