/**
 * `npm run screens`: a picture of every page of the product, in three sizes, light and dark, under docs/screens, with an
 * index. Which pages there are the dashboard's own configuration says. The plant runs from its seed to one moment of
 * its own clock, minutes after the fault it is planted with; a cell is pictured last, once its study has an answer.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../test/flows/browser.ts";
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

const fileOf = ({ path }: DashboardPage, { width }: { width: number }, theme: string) => {
  const [page, query] = path.slice(1).split("?");
  return `${page}${query === undefined ? "" : "-value"}-${width}-${theme}.webp`;
};

const product = await Product.start();
const browser = await launchChromium();
try {
  await product.signIn();
  const plantTimeS = async () => (await product.plant<{ timeUs: number }>("GET", "/status")).timeUs / 1e6;
  const startS = await plantTimeS();
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const devtools = await page.context().newCDPSession(page);
  const pages = await dashboardPages(product);
  await signInOnPage(page, product, pages[0]!.path);
  const moment = async () => (await plantTimeS()) - startS >= MOMENT_S || undefined;
  await eventually("the moment of the pictures", moment, LIMIT_MS);

  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const isStudied = ({ kinds }: DashboardPage) => kinds.includes("ui-rung-cell");
  for (const one of [...pages].sort((a, b) => Number(isStudied(a)) - Number(isStudied(b)))) {
    for (const theme of PAGE_THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const size of PAGE_SIZES) {
        await page.setViewportSize(size);
        await page.goto(`${product.url}/dashboard${one.path}`);
        await drawn(page, one);
        // Charts and pictures take the window's size with their next drawing.
        await page.waitForTimeout(2000);
        const { data } = await devtools.send("Page.captureScreenshot", {
          format: "webp",
          quality: WEBP_QUALITY,
        });
        writeFileSync(join(FOLDER, fileOf(one, size, theme)), Buffer.from(data, "base64"));
      }
    }
  }
  writeFileSync(join(FOLDER, "README.md"), index(pages));
} finally {
  await browser.close();
  await product.stop();
}

function index(pages: readonly DashboardPage[]): string {
  const sections = pages.map((page) => {
    const rows = PAGE_SIZES.map((size) => {
      const cells = PAGE_THEMES.map((theme) => `![${page.name}, ${theme}](${fileOf(page, size, theme)})`);
      return `| ${size.width} x ${size.height} | ${cells.join(" | ")} |`;
    });
    return [`## ${page.name}`, "", `| px | ${PAGE_THEMES.join(" | ")} |`, "|---|---|---|", ...rows].join(
      "\n",
    );
  });
  return `# Screens\n\nEvery page of the product as it starts, on its virtual plant; taken by \`npm run screens\`.\n\n${sections.join("\n\n")}\n`;
}
