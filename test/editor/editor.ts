import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { siblingModule } from "../../runtime/core/sibling-module.ts";
import { openBrowser } from "../flows/browser.ts";
import type { Node } from "../ladder/draw.ts";

/** Spreads a drawing over the canvas, left to right in the order it was drawn. */
export function laidOut(flow: readonly Node[]): Node[] {
  let count = 0;
  return flow.map((node) => {
    if (node.x === undefined) return node;
    const at = count++;
    return { ...node, x: 120 + (at % 4) * 220, y: 400 + Math.floor(at / 4) * 90 };
  });
}

/** The host of editor-host.ts with a browser before it, the ladder open at the right. */
export class Editor {
  readonly page: Page;
  readonly base: string;
  /** What the page must never do: throw. */
  readonly faults: string[] = [];
  readonly #folder: string;
  readonly #host: ChildProcess;
  readonly #browser: Browser;

  private constructor(folder: string, host: ChildProcess, port: number, browser: Browser, page: Page) {
    this.#folder = folder;
    this.#host = host;
    this.base = `http://127.0.0.1:${port}`;
    this.#browser = browser;
    this.page = page;
    page.on("pageerror", (error) => this.faults.push(error.stack ?? error.message));
  }

  /** @param width of the sidebar, px */
  static async start(context: Mocha.Context, width = 364): Promise<Editor> {
    const browser = await openBrowser(context);
    const folder = mkdtempSync(join(tmpdir(), "rung-editor-"));
    const host = fork(siblingModule(import.meta.url, "./editor-host"), [folder], {
      env: { ...process.env, RUNG_HOME: join(folder, "home") },
    });
    const [{ port }] = (await once(host, "message")) as [{ port: number }];
    const page = await browser.newPage({ viewport: { width: 1600, height: 950 } });
    const editor = new Editor(folder, host, port, browser, page);
    await editor.widen(width);
    return editor;
  }

  /** The width of the sidebar the next time the editor is opened. */
  async widen(width: number): Promise<void> {
    const top = { tabs: ["rung-ladder", "info", "help", "config", "debug"], active: "rung-ladder" };
    const none = { tabs: [], hidden: true };
    const state = {
      v: 4,
      tabs: ["palette", "rung-ladder"],
      primary: { width, top, bottom: none },
      secondary: { width: 276, top: { tabs: ["palette", "explorer"], active: "palette" }, bottom: none },
    };
    // On a slow machine Node-RED's first tip comes before the box it is to be shown in.
    await this.post("/settings/user", { editor: { view: { "view-show-tips": false }, sidebar: { state } } });
  }

  async post(path: string, body: object): Promise<void> {
    const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "full" };
    const response = await fetch(this.base + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  }

  /** Deploys a flow and opens the editor on it. */
  async open(flow: readonly Node[]): Promise<void> {
    await this.post("/flows", flow);
    await this.page.goto(`${this.base}/`);
    await this.page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await this.page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await this.page.locator(".rl-count").waitFor();
  }

  /** Puts evidence on the board and has the ladder judged. */
  async judge(evidence: readonly Evidence[]): Promise<void> {
    const judged = once(this.#host, "message");
    this.#host.send({ evidence });
    await judged;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    if (this.#host.connected) {
      const ended = once(this.#host, "exit");
      this.#host.send({ stop: true });
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
