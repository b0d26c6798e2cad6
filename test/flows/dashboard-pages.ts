import type { Page } from "playwright-core";
import { PASSWORD, type Product } from "./product.ts";

/** The sizes every page is made for, px: a desk, a small laptop, a phone. */
export const PAGE_SIZES = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];
export const PAGE_THEMES = ["light", "dark"] as const;

export interface DashboardPage {
  readonly name: string;
  /** Of the page below the dashboard, with its leading slash. */
  readonly path: string;
  /** Ids of the widgets on it. */
  readonly widgets: readonly string[];
  /** Their types. */
  readonly kinds: readonly string[];
}

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly path?: string;
  readonly order?: number;
  readonly page?: string;
  readonly group?: string;
  readonly disabled?: boolean;
  readonly d?: boolean;
}

/** What the detail page is asked for besides the whole it begins with. */
const ONE_VALUE = "?property=acme/leipzig/paint/oven1/zone3/fanFlow";

/**
 * Every page of a running product's dashboard in its order, read from the flows it runs; the detail page once more with
 * one value.
 */
export async function dashboardPages(product: Product): Promise<DashboardPage[]> {
  const nodes = (await product.get<FlowNode[]>("/editor/flows")).filter(({ d, disabled }) => !d && !disabled);
  return nodes
    .filter(({ type }) => type === "ui-page")
    .sort((a, b) => a.order! - b.order!)
    .map(({ id, name, path }) => {
      const groups = new Set(nodes.filter(({ page }) => page === id).map((group) => group.id));
      const widgets = nodes.filter(({ group }) => group !== undefined && groups.has(group));
      return {
        name: name!,
        path: path!,
        widgets: widgets.map((widget) => widget.id),
        kinds: widgets.map((widget) => widget.type),
      };
    })
    .flatMap((page) =>
      page.kinds.includes("ui-rung-detail")
        ? [page, { ...page, name: `${page.name}: one value`, path: `${page.path}${ONE_VALUE}` }]
        : [page],
    );
}

/** Signs somebody with the tests' password in and stays on the page asked for; `admin` has it by `Product.signIn`. */
export async function signInOnPage(
  page: Page,
  product: Product,
  path: string,
  user = "admin",
): Promise<void> {
  const next = `/dashboard${path}`;
  await page.goto(`${product.url}/sign-in?next=${next}`);
  await page.fill("input[name=user]", user);
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button");
  await page.waitForURL(`**${next}`);
}

/** A cell is studied for so long beside everything else that a product does as it starts. */
const STUDY_MS = 300_000;

/** Waits until every widget of the page is drawn, a cell with the findings of its study. */
export async function drawn(page: Page, { widgets, kinds }: DashboardPage): Promise<void> {
  for (const id of widgets)
    await page.locator(`#nrdb-ui-widget-${id}`).locator(".rung-panel, .rung-header").first().waitFor();
  if (kinds.includes("ui-rung-cell"))
    await page.locator(".cell-main .label.p1").waitFor({ timeout: STUDY_MS });
}
