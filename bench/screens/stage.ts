import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../test/flows/browser.ts";
import {
  addEveryRole,
  BUILT_HOST,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../../test/host/host-process.ts";
import { Speaker } from "../speaker.ts";
import { type Load, loadFlow, type PageLoad, trendAddresses, widgetsOf } from "./load-flow.ts";
import { PageClient } from "./page-client.ts";
import { writePast } from "./past.ts";

/** The plant, the host with the flow over it, and whoever looks at its pages. */
export class Stage {
  readonly host: HostProcess;
  readonly #home: string;
  readonly #plant: Speaker;
  readonly #token: string;
  #clients: PageClient[] = [];
  /** Of pages that left. */
  #left = { messages: 0, bytes: 0 };
  /** How often a page left and another came. */
  replaced = 0;

  private constructor(home: string, plant: Speaker, host: HostProcess, token: string) {
    this.#home = home;
    this.#plant = plant;
    this.host = host;
    this.#token = token;
  }

  static async open(load: Load): Promise<Stage> {
    const plant = new Speaker(join(import.meta.dirname, "plant.ts"), [load.machines, load.tagsEach]);
    const { endpoint } = await plant.hear<{ endpoint: string }>();
    const home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(`${home}/flows`, "load.json", loadFlow(load, endpoint));
    await writePast(home, trendAddresses(load));
    const host = await HostProcess.start(home, {}, BUILT_HOST);
    return new Stage(home, plant, host, await host.signIn("viewer"));
  }

  get pid(): number {
    return JSON.parse(readFileSync(join(this.#home, "run", "host.json"), "utf8")).pid;
  }

  /** Opens pages without a browser. */
  async look(page: PageLoad, clients: number): Promise<void> {
    for (let i = 0; i < clients; i++) {
      const client = new PageClient(this.host.url, this.#token, page);
      this.#clients.push(client);
      await client.opened;
    }
  }

  get sent(): { readonly messages: number; readonly bytes: number } {
    return this.#clients.reduce(
      (sum, { messages, bytes }) => ({ messages: sum.messages + messages, bytes: sum.bytes + bytes }),
      this.#left,
    );
  }

  /** The page that has been open for longest leaves, and another of its kind comes. */
  async replaceOne(): Promise<void> {
    const [oldest, ...others] = this.#clients;
    if (oldest === undefined) return;
    this.#leave(oldest);
    this.#clients = others;
    this.replaced++;
    await this.look(oldest.page, 1);
  }

  /** Closes them again. */
  lookAway(): void {
    for (const client of this.#clients) this.#leave(client);
    this.#clients = [];
  }

  #leave(client: PageClient): void {
    client.close();
    this.#left = {
      messages: this.#left.messages + client.messages,
      bytes: this.#left.bytes + client.bytes,
    };
  }

  /** The host's own figures since they were last asked for, as Prometheus reads them. */
  async metrics(...names: string[]): Promise<number[]> {
    const text = await (await this.host.as(this.#token, "/metrics")).text();
    const lines = text.split("\n");
    return names.map((name) =>
      Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)),
    );
  }

  async close(): Promise<void> {
    this.lookAway();
    await this.host.stop();
    await this.#plant.end();
    removeHome(this.#home);
  }
}

/** A page in a browser of its own, signed in as a viewer, all its widgets filled. */
export async function openPage(url: string, load: PageLoad): Promise<{ browser: Browser; page: Page }> {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}/sign-in?next=/dashboard/${load.path}`);
  await page.fill("input[name=user]", "viewer");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button");
  await page.waitForURL(`**/dashboard/${load.path}`);
  await page.locator(`#nrdb-ui-widget-${widgetsOf(load).at(-1)} canvas`).waitFor();
  return { browser, page };
}
