import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { pageFaults } from "../flows/page-check.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../host/host-process.ts";

const PACK = fileURLToPath(new URL("../../dist/dashboard/package.json", import.meta.url));

type Size = ReturnType<Page["viewportSize"]> & object;
/** A wide screen, a narrower one and a phone. */
export const SIZES: readonly [Size, Size, Size] = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
];
/** A script that runs in a page before the product does: this browser has no WebGL. */
export const NO_WEBGL = `
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...more);
  };
`;

interface Opened {
  /** Of the dashboard, behind `/dashboard/`. */
  readonly path?: string;
  readonly size?: Size;
  /** Run in the page before the product is, in this order. */
  readonly scripts?: readonly string[];
}

interface LookedAt {
  /** For the page to be laid out anew. */
  readonly settleMs?: number;
  /** What more is to be true at every size. */
  readonly also?: (size: Size) => Promise<void>;
}

/** The flow of a page, with what it reads in that home. */
type FlowOf = (home: string) => readonly object[];

/** A host of its own with one flow, and a browser in it where somebody has signed in. */
export class WidgetPage {
  home!: string;
  host!: HostProcess;
  page!: Page;
  /** What the page has done that it must never do: see `watch`. */
  wrong!: string[];
  #browser: Browser | undefined;

  async start(context: Mocha.Context, flowOf: FlowOf, user: string, opened?: Opened): Promise<void> {
    if (!existsSync(PACK)) throw new Error("run the build first");
    this.#browser = await openBrowser(context);
    this.home = temporaryHome();
    await addEveryRole(this.home);
    writeFlowFile(`${this.home}/flows`, "widget.json", flowOf(this.home));
    this.host = await HostProcess.start(this.home);
    this.page = await this.open(user, opened, (page) => {
      this.wrong = watch(page);
    });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.host?.stop();
    if (this.home) removeHome(this.home);
  }

  /** Another page, in which the person named after a role has signed in. */
  async open(
    user: string,
    { path = "widget", size = SIZES[0], scripts = [] }: Opened = {},
    isMade: (page: Page) => void = () => undefined,
  ): Promise<Page> {
    const page = await this.#browser!.newPage({ viewport: size });
    isMade(page);
    for (const script of scripts) await page.addInitScript(script);
    await page.goto(`${this.host.url}/sign-in?next=/dashboard/${path}`);
    await page.fill("input[name=user]", user);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL(`**/dashboard/${path}`);
    return page;
  }

  /** Keeps a picture of the whole page where `RUNG_SHOTS` names a folder. */
  async shoot(name: string): Promise<void> {
    if (process.env.RUNG_SHOTS)
      await this.page.screenshot({ path: `${process.env.RUNG_SHOTS}/${name}.png`, fullPage: true });
  }

  /**
   * Asserts that no text is cut, overlapping or raw, and that nothing hinders access, at any size, light and dark.
   * @param name of the pictures
   */
  async isWhole(
    name: string,
    { settleMs = 200, also = async () => undefined }: LookedAt = {},
  ): Promise<void> {
    for (const shade of ["light", "dark"]) {
      await this.page.evaluate(
        (isDark) => document.body.classList.toggle("rung-dark", isDark),
        shade === "dark",
      );
      for (const size of SIZES) {
        await this.page.setViewportSize(size);
        await this.page.waitForTimeout(settleMs);
        await also(size);
        await this.shoot(`${name}-${shade}-${size.width}`);
        assert.deepEqual(await pageFaults(this.page), [], `${shade}, ${size.width} px`);
        assert.deepEqual(await accessFaults(this.page), [], `${shade}, ${size.width} px`);
      }
    }
    await this.page.evaluate("document.body.classList.remove('rung-dark')");
    await this.page.setViewportSize(SIZES[0]);
  }
}

/** Gives the suite it is called in a page with widgets, in which the person named after a role has signed in. */
export function onWidgetPage(flowOf: FlowOf, user: string, opened?: Opened): WidgetPage {
  const widget = new WidgetPage();
  before(async function () {
    await widget.start(this, flowOf, user, opened);
  });
  after(() => widget.stop());
  return widget;
}
