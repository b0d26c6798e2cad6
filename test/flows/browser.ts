import { type Browser, chromium, type Page } from "playwright-core";
import { needsFile } from "../needs.ts";
import { PASSWORD, type Product } from "./product.ts";

const CHROMIUM = process.env.RUNG_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Chromium, for a `before`; without it the suite is skipped. */
export async function openBrowser(context: Mocha.Context): Promise<Browser> {
  needsFile(context, CHROMIUM);
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
}

/** Gathers what a page must never do: errors on its console, answers of 400 and above, requests off this machine. */
export function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
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
