import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { People } from "../../runtime/act/people.ts";
import type { Role } from "../../runtime/act/rights.ts";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { dashboardPages, drawn, signInOnPage } from "../flows/dashboard-pages.ts";
import { eventually, PASSWORD, Product } from "../flows/product.ts";

/** Beside these tabs the other shops would only take the machine. */
const TABS = ["paint", "plant"];
/** At the actuator, all for the whole plant. */
const AT_THE_ACTUATOR: Readonly<Record<string, Role>> = {
  anna: "engineer",
  ben: "engineer",
  olga: "operator",
};

const MOST_ATTEMPTS = 5;
/** More than a finger has to hold a button for, and the actuator to answer. */
const HELD_MS = 15_000;

interface FlowNode {
  readonly id: string;
  readonly z?: string;
  readonly type: string;
}

/** The product as a person starts it, its paint shop alone, with people at its pages: one for all journeys. */
export class RunningPlant {
  readonly product: Product;
  readonly #browser: Browser;
  readonly #wrong: string[][] = [];

  private constructor(product: Product, browser: Browser) {
    this.product = product;
    this.#browser = browser;
  }

  static async start(context: Mocha.Context): Promise<RunningPlant> {
    const browser = await openBrowser(context);
    const product = await Product.start(["--no-fault"]);
    await product.signIn();
    const flows = await product.get<FlowNode[]>("/editor/flows");
    const others = new Set(
      flows.filter(({ type, id }) => type === "tab" && !TABS.includes(id)).map(({ id }) => id),
    );
    await product.deploy(flows.filter(({ id, z }) => !others.has(id) && !others.has(z ?? "")));
    new UserList(product.home).add({
      name: "operator",
      role: "operator",
      hash: await hashPassword(PASSWORD),
    });
    await armedByTwo(product);
    return new RunningPlant(product, browser);
  }

  /** A page of the dashboard in a browser of its own, drawn, the operator signed in. */
  async page(
    path: string,
    options: BrowserContextOptions = { viewport: { width: 1280, height: 800 } },
  ): Promise<Page> {
    const page = await (await this.#browser.newContext(options)).newPage();
    page.setDefaultTimeout(60_000);
    this.#wrong.push(watch(page));
    await signInOnPage(page, this.product, path, "operator");
    const shown = (await dashboardPages(this.product)).find((one) => one.path === path)!;
    await drawn(page, shown);
    return page;
  }

  /** The actuator's own page on a phone, somebody signed in. */
  async atActuator(name: string): Promise<Page> {
    const page = await (await this.#browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    page.setDefaultTimeout(60_000);
    this.#wrong.push(watch(page));
    await page.goto(`http://127.0.0.1:${this.product.runFile("actuator").port}/`);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#desk article").first().waitFor();
    return page;
  }

  /**
   * What pages did that they must not. What a browser says of its own lost connection is not the page's, nor that the
   * actuator refused what was tried again.
   */
  get wrong(): string[] {
    return this.#wrong
      .flat()
      .filter(
        (one) =>
          !/ERR_INTERNET_DISCONNECTED|SIO connect error|WebSocket is already|\/(arm|approve)\b/.test(one),
      );
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.product?.stop();
  }
}

/** Two people arm, as at a live plant: the actuator reads it from its settings as it starts anew. */
async function armedByTwo(product: Product): Promise<void> {
  const directory = join(product.home, "actuator");
  writeFileSync(join(directory, "settings.json"), JSON.stringify({ reality: "virtual", personsToArm: 2 }), {
    mode: 0o600,
  });
  const people = new People(directory);
  for (const [name, role] of Object.entries(AT_THE_ACTUATOR))
    people.set(name, { password: PASSWORD, role, scopes: [""], by: "os:test" });
  const { pid } = product.runFile("actuator");
  process.kill(pid, "SIGTERM");
  await eventually("the actuator started anew", () => {
    try {
      return product.runFile("actuator").pid !== pid || undefined;
    } catch {
      return undefined;
    }
  });
}

/**
 * Types the password and holds a button of the actuator's page until it has acted. Refused because a check does not
 * hold at that moment, or gone under the finger because its proposal expired, it is tried again, as a person would.
 */
export async function hold(page: Page, name: RegExp): Promise<void> {
  let said = "";
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const button = page.getByRole("button", { name }).first();
    const panel = page.locator(".panel", { has: page.getByRole("button", { name }) }).first();
    await panel.getByLabel("Your password, again").fill(PASSWORD);
    await button.hover();
    const answered = page
      .waitForResponse((response) => response.request().method() === "POST", { timeout: HELD_MS })
      .catch(() => undefined);
    await page.mouse.down();
    const response = await answered;
    await page.mouse.up();
    if (response?.ok()) return;
    said =
      response === undefined ? "no answer: the button went" : `${response.status()} ${await response.text()}`;
    await page.waitForTimeout(2000);
  }
  throw new Error(`${name}: refused ${MOST_ATTEMPTS} times, the last time with ${said}`);
}
