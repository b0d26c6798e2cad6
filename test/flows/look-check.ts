import type { Page } from "playwright-core";

/** Smallest side of what a finger presses, px; of a link, which stands among words, WCAG 2.2, 2.5.8. */
const TOUCH_PX = 44;
const LINK_PX = 24;
/** How long nothing may come for a page to be whole. */
const SETTLE_MS = 3000;
/** More presses of Tab than any page has stops. */
const MOST_STOPS = 300;

/**
 * What on a page breaks the rules of the look, one sentence each: no word in sight of what reality is shown, a colour
 * that is no token of the look, an alarm colour without words beside it, a number finer than anything is measured.
 */
export async function lookFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults = new Set<string>();
    const place = (element: Element) => {
      const widget = element.closest(".nrdb-ui-widget")?.id.replace("nrdb-ui-widget-", "");
      const kind = element.getAttribute("class")?.trim().split(/\s+/).join(".");
      return `${widget === undefined ? "" : `${widget}: `}${element.tagName.toLowerCase()}${kind ? `.${kind}` : ""}`;
    };
    const root = document.querySelector(".rung");
    if (root === null) return ["nothing of the look is on the page"];

    const says = [...document.querySelectorAll(".rung-header .reality, .rung-ladder-panel .chip")];
    const isSaid = says.some((element) => element.checkVisibility() && element.textContent?.trim() !== "");
    if (!isSaid) faults.add("the page does not say what is real");

    const names = [...new Set(document.getElementById("rung-look")?.textContent?.match(/--rung-[a-z\d-]+/g))];
    const probe = root.appendChild(document.createElement("i"));
    const painted = (value: string) => {
      probe.style.color = value;
      return getComputedStyle(probe).color;
    };
    const tokens = new Map(names.map((name) => [painted(`var(${name})`), name]));
    probe.remove();
    const alarms = ["p1", "p2", "p3", "bad"].map((kind) => `--rung-${kind}`);
    const isClear = (colour: string) =>
      colour === "none" || /^rgba\(.*, 0\)$/.test(colour) || colour.startsWith("url(");

    /** Up to so far from a mark stand the words that say what it means. */
    const BESIDE = 5;
    const hasWords = (element: Element) => {
      let each: Element | null = element;
      for (let step = 0; step < BESIDE && each !== null; step++, each = each.parentElement)
        if (/\p{L}{2}/u.test(`${each.textContent} ${each.getAttribute("title") ?? ""}`)) return true;
      return false;
    };
    for (const element of document.querySelectorAll(".rung, .rung *")) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const style = getComputedStyle(element);
      const colours: [what: string, colour: string][] = [["ground", style.backgroundColor]];
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent)
        .join("");
      if (text.trim() !== "" && !(element instanceof SVGElement)) colours.push(["ink", style.color]);
      for (const side of ["Top", "Right", "Bottom", "Left"] as const)
        if (style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0)
          colours.push(["border", style[`border${side}Color`]]);
      const isDrawn = element instanceof SVGGeometryElement || element instanceof SVGTextContentElement;
      if (isDrawn && element.closest("defs") === null) {
        colours.push(["stroke", style.stroke]);
        // Of a bare line nobody says a fill, and nobody sees one.
        if (style.stroke === "none" || style.fill !== "rgb(0, 0, 0)") colours.push(["fill", style.fill]);
      }
      for (const [what, colour] of colours) {
        if (isClear(colour)) continue;
        const token = tokens.get(colour);
        if (token === undefined)
          faults.add(`${place(element)} has a ${what} that is no token of the look: ${colour}`);
        else if (alarms.includes(token) && !hasWords(element))
          faults.add(`${place(element)} says by ${token} alone what no word says`);
      }
      if (/\d\.\d{4,}/.test(text))
        faults.add(`${place(element)} shows more digits than are known: ${text.trim()}`);
    }
    return [...faults];
  });
}

/** What is too small for a finger, one sentence each. */
export async function targetFaults(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ touch, link }) => {
      const faults = new Set<string>();
      const controls = document.querySelectorAll<HTMLElement>(
        ".rung :is(button, a[href], input, select, textarea, summary)",
      );
      for (const control of controls) {
        // Drawn to a scale, its height is a figure: as small as what it stands for.
        const isFigure = control.style.height !== "";
        if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        // Of a box that stands in its label the whole label is pressed.
        const { width, height } = (control.closest("label") ?? control).getBoundingClientRect();
        const isLink = control.tagName === "A" && !control.classList.contains("button");
        const least = isLink || isFigure ? link : touch;
        if (Math.min(width, height) < least - 0.5)
          faults.add(
            `${control.tagName.toLowerCase()} "${(control.getAttribute("aria-label") ?? control.textContent ?? "").trim().slice(0, 40)}" is ${Math.round(width)} x ${Math.round(height)} px, a finger needs ${least}`,
          );
      }
      return [...faults];
    },
    { touch: TOUCH_PX, link: LINK_PX },
  );
}

/**
 * What somebody without a mouse would stumble over: a control that Tab never reaches, a stop that does not show where one
 * is, an order that is not that of the page.
 */
export async function keyboardFaults(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    (window as unknown as { stops: Element[] }).stops = [];
  });
  const faults = new Set<string>();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const { stops } = window as unknown as { stops: Element[] };
      const now = document.activeElement;
      if (now === null || now === document.body || stops.includes(now)) return null;
      const last = stops.at(-1);
      stops.push(now);
      const { outlineStyle, outlineWidth } = getComputedStyle(now);
      const name = `${now.tagName.toLowerCase()} "${(now.getAttribute("aria-label") ?? now.textContent ?? "").trim().slice(0, 40)}"`;
      const isShown = outlineStyle === "auto" || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
      const isAfter =
        last === undefined || (last.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      return [
        ...(isShown || now.closest(".rung") === null ? [] : [`${name} does not show that it has the focus`]),
        ...(isAfter ? [] : [`${name} comes out of the page's order`]),
      ];
    });
    if (found === null) break;
    for (const fault of found) faults.add(fault);
  }
  const missed = await page.evaluate(() => {
    const { stops } = window as unknown as { stops: Element[] };
    const controls = document.querySelectorAll<HTMLElement>(
      ".rung :is(button, a[href], input, select, textarea, summary):not(:disabled, [tabindex='-1'])",
    );
    return [...controls]
      .filter((control) => control.checkVisibility() && !stops.includes(control))
      .map(
        (control) =>
          `${control.tagName.toLowerCase()} "${(control.textContent ?? "").trim().slice(0, 40)}" is not reached by Tab`,
      );
  });
  return [...faults, ...missed];
}

/** Waits until no control came or went for a while: a picture, or a study that is read, brings its own later. */
async function settled(page: Page): Promise<void> {
  const controls = page.locator(".rung :is(button, a[href], input, select, textarea, summary)");
  let before = -1;
  for (let count = await controls.count(); count !== before; count = await controls.count()) {
    before = count;
    await page.waitForTimeout(SETTLE_MS);
  }
}
