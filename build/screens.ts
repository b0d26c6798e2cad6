/**
 * `npm run screens`: a picture of every page of the product, in three sizes, light and dark, under docs/screens, with an
 * index. Which pages there are the dashboard's own configuration says; the actuator's page, the sign-in and the editor
 * follow. The plant runs from its seed to one moment of its own clock, minutes after the fault it is planted with; a cell
 * is pictured late, once its study has an answer.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { launchChromium, openEditor } from "../test/flows/browser.ts";
import {
  type DashboardPage,
  dashboardPages,
  drawn,
  PAGE_SIZES,
  PAGE_THEMES,
  signInOnPage,
} from "../test/flows/dashboard-pages.ts";
import { eventually, Product } from "../test/flows/product.ts";

const FOLDER = join(dirname(dirname(fileURLToPath(import.meta.url))), "docs/screens");
/** Plant time from the start: the planted fault is told, explained and answered. */
const MOMENT_S = 75 * 60;
const LIMIT_MS = 900_000;
const WEBP_QUALITY = 80;

interface Screen {
  readonly name: string;
  /** First part of its files' names. */
  readonly file: string;
  readonly page: Page;
  readonly sizes: readonly (typeof PAGE_SIZES)[number][];
  readonly themes: readonly (typeof PAGE_THEMES)[number][];
  /** Shows it anew, whole. */
  readonly open: () => Promise<unknown>;
}

const product = await Product.start();
const browser = await launchChromium();
try {
  await product.signIn();
  const plantTimeS = async () => (await product.plant<{ timeUs: number }>("GET", "/status")).timeUs / 1e6;
  const startS = await plantTimeS();
  const screens = [...(await ofDashboard()), await ofActuator(), await ofSignIn(), await ofEditor()];
  const moment = async () => (await plantTimeS()) - startS >= MOMENT_S || undefined;
  await eventually("the moment of the pictures", moment, LIMIT_MS);

  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const screen of screens) await picture(screen);
  writeFileSync(join(FOLDER, "README.md"), index(screens));
} finally {
  await browser.close();
  await product.stop();
}

/** Each person has a browser of their own. */
async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(120_000);
  return page;
}

async function ofDashboard(): Promise<Screen[]> {
  const page = await newPage();
  const pages = await dashboardPages(product);
  await signInOnPage(page, product, pages[0]!.path);
  const isStudied = ({ kinds }: DashboardPage) => kinds.includes("ui-rung-cell");
  return pages
    .toSorted((a, b) => Number(isStudied(a)) - Number(isStudied(b)))
    .map((one) => {
      const [path, query] = one.path.slice(1).split("?");
      return {
        name: one.name,
        file: query === undefined ? path! : `${path}-value`,
        page,
        sizes: PAGE_SIZES,
        themes: PAGE_THEMES,
        open: async () => {
          await page.goto(`${product.url}/dashboard${one.path}`);
          await drawn(page, one);
        },
      };
    });
}

async function ofActuator(): Promise<Screen> {
  const page = await newPage();
  const { user, password } = JSON.parse(readFileSync(join(product.home, "actuator", "first-login"), "utf8"));
  await page.goto(`http://127.0.0.1:${product.runFile("actuator").port}/`);
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // It keeps its session in the page alone: a reload would ask again.
  const open = () => page.locator("#desk article").first().waitFor();
  return { name: "Actuator", file: "actuator", page, sizes: PAGE_SIZES, themes: PAGE_THEMES, open };
}

async function ofSignIn(): Promise<Screen> {
  const page = await newPage();
  const open = () => page.goto(`${product.url}/sign-in`);
  return { name: "Sign-in", file: "sign-in", page, sizes: PAGE_SIZES, themes: PAGE_THEMES, open };
}

/** Made for a desk; its colours are light ones. */
async function ofEditor(): Promise<Screen> {
  // Whether it has loaded is asked of its own scripts.
  const page = await newPage({ bypassCSP: true });
  const open = async () => {
    if (page.url() === "about:blank") await openEditor(page, product);
    await page.locator("#red-ui-workspace-tabs").getByText("paint", { exact: true }).click();
  };
  return { name: "Editor", file: "editor", page, sizes: PAGE_SIZES.slice(0, 1), themes: ["light"], open };
}

async function picture(screen: Screen): Promise<void> {
  const { page, sizes, themes } = screen;
  const devtools = await page.context().newCDPSession(page);
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    for (const size of sizes) {
      await page.setViewportSize(size);
      await screen.open();
      // Charts and pictures take the window's size with their next drawing.
      await page.waitForTimeout(2000);
      const { data } = await devtools.send("Page.captureScreenshot", {
        format: "webp",
        quality: WEBP_QUALITY,
      });
      writeFileSync(join(FOLDER, fileOf(screen, size, colorScheme)), Buffer.from(data, "base64"));
    }
  }
}

function fileOf({ file }: Screen, { width }: { width: number }, theme: string): string {
  return `${file}-${width}-${theme}.webp`;
}

function index(screens: readonly Screen[]): string {
  const sections = screens.map((screen) => {
    const { name, sizes, themes } = screen;
    const rows = sizes.map((size) => {
      const cells = themes.map((theme) => `![${name}, ${theme}](${fileOf(screen, size, theme)})`);
      return `| ${size.width} x ${size.height} | ${cells.join(" | ")} |`;
    });
    const head = [`| px | ${themes.join(" | ")} |`, `|---|${"---|".repeat(themes.length)}`];
    return [`## ${name}`, "", ...head, ...rows].join("\n");
  });
  return `# Screens\n\nEvery page of the product as it starts, on its virtual plant; taken by \`npm run screens\`.\n\n${sections.join("\n\n")}\n`;
}
