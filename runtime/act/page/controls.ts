/** What the pages are made of: elements, marks, fields and the button that is held. */

export interface Parts {
  readonly text?: string;
  readonly className?: string;
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export const element = <T extends HTMLElement | null = HTMLElement>(id: string): T =>
  document.getElementById(id) as T;

export function make(tag: string, parts: Parts = {}, ...children: (Node | undefined)[]): HTMLElement {
  const made = document.createElement(tag);
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.className !== undefined) made.className = parts.className;
  if (parts.id !== undefined) made.id = parts.id;
  for (const [name, value] of Object.entries(parts.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export const row = (tag: string, cells: readonly string[]): HTMLElement =>
  make("tr", {}, ...cells.map((text) => make(tag, { text })));

const SVG = "http://www.w3.org/2000/svg";

/** A drawn element: name, attributes, children. */
export function draw(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Node[]
): SVGElement {
  const drawn = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, String(value));
  drawn.append(...children);
  return drawn;
}

/** `holds`: a tick in a disc. `1`, `2`: priorities. `stale`: what is not known. `open`: not judged yet. */
export type Mark = "holds" | "1" | "2" | "stale" | "open";

const SAID: Readonly<Record<Mark, string>> = {
  holds: "holds",
  "1": "priority 1",
  "2": "does not hold",
  stale: "not known",
  open: "not judged",
};

/** Shape and hue go together, so that it is found in grey as well. */
export function mark(kind: Mark): SVGElement {
  const svg = draw("svg", { viewBox: "0 0 18 18", class: "mark", role: "img", "aria-label": SAID[kind] });
  const rim = { stroke: "var(--rim)", "stroke-width": "1.4" };
  const digit = (fill: string) => draw("path", { d: "M9 5v5.4M9 12v1.8", stroke: fill, "stroke-width": "2" });
  switch (kind) {
    case "holds":
      svg.append(
        draw("circle", { cx: 9, cy: 9, r: 8, fill: "var(--data)" }),
        draw("path", {
          d: "M5 9.2l2.8 2.8L13 6.6",
          fill: "none",
          stroke: "var(--on-data)",
          "stroke-width": 2,
        }),
      );
      break;
    case "1":
      svg.append(
        draw("path", { d: "M1.2 1.2h15.6v15.6H1.2z", fill: "var(--p1)", ...rim }),
        digit("var(--p1-on)"),
      );
      break;
    case "2":
      svg.append(draw("path", { d: "M9 1.2L17.2 16.4H.8z", fill: "var(--p2)", ...rim }));
      svg.append(draw("path", { d: "M9 6.2v5M9 12.8v1.7", stroke: "#14181b", "stroke-width": "1.9" }));
      break;
    case "stale":
      svg.append(
        draw("path", { d: "M9 .9L17.1 9L9 17.1L.9 9z", fill: "var(--bad)", ...rim }),
        draw("path", {
          d: "M6.2 6.2l5.6 5.6M11.8 6.2l-5.6 5.6",
          stroke: "var(--bad-on)",
          "stroke-width": "1.8",
        }),
      );
      break;
    case "open":
      svg.append(
        draw("circle", { cx: 9, cy: 9, r: 7, fill: "none", stroke: "var(--edge)", "stroke-width": "1.6" }),
      );
  }
  return svg;
}

/** A labelled field. What is typed stays while the page is painted anew. */
export function field(
  id: string,
  label: string,
  attributes: Readonly<Record<string, string>>,
  disabled = false,
): HTMLElement {
  const input = make("input", { id, attributes: { ...attributes, ...(disabled ? { disabled: "" } : {}) } });
  return make("label", { text: label, attributes: { for: id } }, input);
}

export const passwordField = (id: string, label: string, disabled: boolean): HTMLElement =>
  field(id, label, { type: "password", autocomplete: "off", maxlength: "200" }, disabled);

export const typedIn = (id: string): string => element<HTMLInputElement | null>(id)?.value ?? "";

export interface HoldParts {
  readonly text: string;
  /** What it does, and about what: read by whoever listens to `onHeld`. */
  readonly data: Readonly<Record<string, string>>;
  /** Why it cannot be done now, in words. It is shown, and the button stays within reach of a screen reader. */
  readonly refused?: string | undefined;
}

/** A button that acts after it was held for 2 s; letting go cancels. */
export function holdButton(id: string, { text, data, refused }: HoldParts): HTMLElement {
  const attributes: Record<string, string> = { type: "button", "aria-describedby": `${id}-why` };
  for (const [key, value] of Object.entries(data)) attributes[`data-${key}`] = value;
  if (refused !== undefined) attributes["aria-disabled"] = "true";
  return make(
    "div",
    { className: "held" },
    make("button", { id, className: "hold", attributes }, make("i"), make("span", { text })),
    make("p", { id: `${id}-why`, className: "why", text: refused ?? "" }),
  );
}
