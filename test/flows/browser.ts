import { type Browser, chromium, type Page } from "playwright-core";
import { needsFile } from "../needs.ts";
import { PASSWORD, type Product } from "./product.ts";

export const CHROMIUM = process.env.RUNG_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
/** Chromium's own, which it asks whatever the flags say; names that a page of ours might ask for stay as they are. */
const SERVICES_OF_CHROMIUM = [
  "update.googleapis.com",
  "content-autofill.googleapis.com",
  "optimizationguide-pa.googleapis.com",
  "safebrowsing.googleapis.com",
  "clients2.google.com",
  "clients2.googleusercontent.com",
  "accounts.google.com",
  "android.clients.google.com",
  "mtalk.google.com",
  "redirector.gvt1.com",
];

/** Chromium as the tests run it: nothing of its own leaves this machine. */
export function launchChromium(): Promise<Browser> {
  const unknown = SERVICES_OF_CHROMIUM.map((name) => `MAP ${name} ~NOTFOUND`).join(",");
  const args = [...FLAGS.split(" "), `--host-resolver-rules=${unknown}`];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** Chromium, for a `before`; without it the suite is skipped. */
export async function openBrowser(context: Mocha.Context): Promise<Browser> {
  needsFile(context, CHROMIUM);
  const browser = await launchChromium();
  const { newPage, newContext } = browser;
  browser.newPage = async (options) => waitingFromOutside(await newPage.call(browser, options));
  browser.newContext = async (options) => {
    const context = await newContext.call(browser, options);
    context.on("page", waitingFromOutside);
    return context;
  };
  return browser;
}

/**
 * Playwright waits for a condition by compiling it in the page, which the pages' content policy forbids. Asked from
 * outside, again and again, it needs nothing of the page, and the policy stays in force in every test.
 */
function waitingFromOutside(page: Page): Page {
  page.waitForFunction = (async (
    condition: string,
    argument: unknown,
    options: { timeout?: number } = {},
  ) => {
    const untilMs = performance.now() + (options.timeout ?? 30_000);
    for (;;) {
      try {
        const handle = await page.evaluateHandle(condition, argument);
        if (await handle.evaluate((value) => Boolean(value))) return handle;
      } catch (thrown) {
        // The page went elsewhere meanwhile: asked there.
        if (!/context was destroyed|navigat/i.test(String(thrown))) throw thrown;
      }
      if (performance.now() > untilMs) throw new Error(`waited in vain for ${condition}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }) as Page["waitForFunction"];
  return page;
}

/** Gathers what a page must never do: errors on its console, answers of 400 and above, requests off this machine. */
export function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => {
    if (!isEarlyTip(error)) wrong.push(`page: ${error.stack ?? error.message}`);
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:" && hostname !== "127.0.0.1")
      wrong.push(`outside: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`answer ${response.status()}: ${response.url()}`);
  });
  return wrong;
}

/** Node-RED's tips begin by a timer, and on a slow load write into a box that is not made yet. */
function isEarlyTip({ message, stack }: Error): boolean {
  return /reading 'html'/.test(message) && /\/red\/red(\.min)?\.js/.test(stack ?? "");
}

/** Signs in as `admin`, whose password `Product.signIn` has set, and waits until the editor has loaded its flows. */
export async function openEditor(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in?next=/editor/`);
  await page.fill("input[name=user]", "admin");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button");
  await page.waitForURL("**/editor/");
  await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
  await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
}
