import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Web Content Accessibility Guidelines 2.0 to 2.2, levels A and AA: contrast, names, roles, order. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Experimental in axe-core: takes the number inside a drawn mark for the label of its button. */
const NOT_READY = { "label-content-name-mismatch": { enabled: false } };
/** Of Dashboard 2's own frame: empty until the pointer rests on something. */
const NOT_OURS = [".v-tooltip"];

/** A page without any control is scrolled by keys all the same: only a region within it has to take the focus. */
const isWholePage = (rule: string, { html }: { readonly html: string }): boolean =>
  rule === "scrollable-region-focusable" && html.startsWith("<html");

/** What axe-core finds against the guidelines on a page, one line each: the rule, what is wrong, and where. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(
    `axe.run({ exclude: ${JSON.stringify(NOT_OURS)} }, { runOnly: ${JSON.stringify(RULES)}, rules: ${JSON.stringify(NOT_READY)}, resultTypes: ["violations"] })`,
  )) as AxeResult;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes
      .filter((node) => !isWholePage(id, node))
      .map(({ html, failureSummary }) => {
        const [, why = ""] = failureSummary.split("\n").map((line) => line.trim());
        return `${id}: ${help}: ${html.slice(0, 160)} (${why})`;
      }),
  );
}
