import type { Page } from "playwright-core";

/**
 * What a reader would stumble over on a page as it stands now, one sentence each, none where all is well:
 * text that is cut off or lies on other text, a page that scrolls sideways, numbers and words no person wrote
 * (`NaN`, `undefined`, `null`, `Infinity`, seven digits in a row), and a dashboard widget with neither data nor its
 * words for "nothing yet".
 *
 * A line cut with an ellipsis is let pass where a title at it holds the whole text. What a scrolling box hides is
 * within reach, and counts as shown.
 */
export async function pageFaults(page: Page): Promise<string[]> {
  return page.evaluate(lookAtPage);
}

/** Runs in the browser, so all it needs stands inside it. */
function lookAtPage(): string[] {
  interface Box {
    left: number;
    top: number;
    right: number;
    bottom: number;
  }
  interface Shown {
    element: Element;
    text: string;
    box: Box;
  }
  /** Rounding of fonts and fractions of a pixel, px. */
  const SLACK = 1.5;
  /** Part of a line's box above and below its letters, where neighbours may reach. */
  const LINE_MARGIN = 0.2;
  const UNWRITTEN = /\b(?:NaN|undefined|null|Infinity)\b|\d{7,}/;

  const faults: string[] = [];
  const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
  const place = (element: Element) => {
    const widget = element.closest(".nrdb-ui-widget")?.id.replace("nrdb-ui-widget-", "");
    const kind = element.getAttribute("class")?.trim().split(/\s+/).join(".");
    return `${widget === undefined ? "" : `${widget}: `}${element.tagName.toLowerCase()}${kind ? `.${kind}` : ""}`;
  };
  const isShown = (element: Element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.closest("[inert]") === null;
  const isTitled = (element: Element, text: string) => {
    for (let each: Element | null = element; each !== null; each = each.parentElement)
      if (each.getAttribute("title")?.replace(/\s+/g, " ").includes(text)) return true;
    return false;
  };

  /** The part of a box that its ancestors let through; what a scroller hides counts as seen at its edge. */
  const seen = (element: Element, given: Box): { box: Box; cut: boolean } => {
    let box = given;
    let cut = false;
    for (
      let each: Element | null = element;
      each !== null && each !== document.body;
      each = each.parentElement
    ) {
      const style = getComputedStyle(each);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const edge = each.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
      const inside = {
        left: Math.max(box.left, edge.left),
        top: Math.max(box.top, edge.top),
        right: Math.min(box.right, edge.right),
        bottom: Math.min(box.bottom, edge.bottom),
      };
      const lost = Math.max(
        inside.left - box.left,
        inside.top - box.top,
        box.right - inside.right,
        box.bottom - inside.bottom,
      );
      if (scrolls && (inside.right <= inside.left || inside.bottom <= inside.top))
        return { box: inside, cut: false };
      if (lost > SLACK && !scrolls) cut = true;
      box = inside;
    }
    const root = document.documentElement;
    if (
      box.left + scrollX < -SLACK ||
      box.top + scrollY < -SLACK ||
      box.right + scrollX > root.scrollWidth + SLACK
    )
      cut = true;
    return { box, cut };
  };

  const shown: Shown[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = (node.textContent ?? "").replace(/\s+/g, " ").trim();
    if (text === "" || /^(?:SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(element.tagName) || !isShown(element))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    if (lines.length === 0) continue;
    if (UNWRITTEN.test(text)) faults.push(`${place(element)} shows "${short(text)}"`);
    let cut = false;
    for (const line of lines) {
      const margin = line.height * LINE_MARGIN;
      const letters = {
        left: line.left,
        right: line.right,
        top: line.top + margin,
        bottom: line.bottom - margin,
      };
      const part = seen(element, letters);
      cut ||= part.cut;
      if (part.box.right > part.box.left && part.box.bottom > part.box.top)
        shown.push({ element, text, box: part.box });
    }
    const style = getComputedStyle(element);
    if (style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + SLACK) cut = true;
    if (cut && !isTitled(element, text)) faults.push(`${place(element)} cuts off "${short(text)}"`);
  }

  for (const [i, one] of shown.entries()) {
    for (const other of shown.slice(i + 1)) {
      if (one.element === other.element) continue;
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (width > SLACK && height > SLACK)
        faults.push(
          `${place(one.element)} "${short(one.text)}" lies on ${place(other.element)} "${short(other.text)}"`,
        );
    }
  }

  for (const field of document.querySelectorAll<HTMLInputElement>("input:not([type=hidden])")) {
    if (!isShown(field)) continue;
    if (UNWRITTEN.test(field.value)) faults.push(`${place(field)} holds "${short(field.value)}"`);
    if (field.scrollWidth > field.clientWidth + SLACK && !isTitled(field, field.value))
      faults.push(`${place(field)} cuts off "${short(field.value || field.placeholder)}"`);
  }

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth + SLACK)
    faults.push(`the page is ${scrollWidth} px wide in ${clientWidth} px`);

  const says = (root: Element, what: RegExp) =>
    shown.some(({ element, text }) => root.contains(element) && what.test(text));
  for (const widget of document.querySelectorAll(".nrdb-ui-widget")) {
    const empty = widget.querySelector(".rung-empty");
    if (empty !== null && says(empty, /\p{L}/u)) continue;
    const values = [...widget.querySelectorAll(".value, .number")];
    const holdsInk = [...widget.querySelectorAll("canvas")].some((canvas) => {
      if (canvas.width === 0 || canvas.height === 0) return false;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((channel, at) => at % 4 === 3 && channel > 0);
    });
    const holdsData = values.length > 0 ? values.some((value) => says(value, /\d/)) : says(widget, /\d/);
    if (!holdsData && !holdsInk)
      faults.push(`${widget.id.replace("nrdb-ui-widget-", "")} has neither data nor words for "nothing yet"`);
  }
  return [...new Set(faults)];
}
