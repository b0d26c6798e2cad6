import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openEditor, watch } from "../flows/browser.ts";
import { Product } from "../flows/product.ts";

interface Asked {
  /** Further words of `rung start`. */
  readonly args?: readonly string[];
  /** What lies in the home before the start. */
  readonly prepare?: (home: string) => void;
  /** Of the page, px. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The whole product with a browser before its editor, signed in as admin, and pictures of what it shows. */
export class ProductEditor {
  readonly product: Product;
  readonly browser: Browser;
  readonly page: Page;
  readonly #wrong: string[];
  readonly #pictures = mkdtempSync(join(tmpdir(), "rung-pictures-"));
  // RUNG_PICTURES keeps them for a person to look at.
  #isKept = Boolean(process.env.RUNG_PICTURES);

  private constructor(product: Product, browser: Browser, page: Page) {
    this.product = product;
    this.browser = browser;
    this.page = page;
    this.#wrong = watch(page);
  }

  /** For a `before`; without a browser the suite is skipped. */
  static async start(context: Mocha.Context, asked: Asked = {}): Promise<ProductEditor> {
    const browser = await openBrowser(context);
    let product: Product | undefined;
    try {
      product = await Product.start(asked.args ?? ["--no-fault"], asked.prepare);
      // There is one unless somebody was prepared who may sign in.
      if (existsSync(join(product.home, "first-login"))) await product.signIn();
      const page = await browser.newPage({ viewport: asked.viewport ?? { width: 1700, height: 1000 } });
      const editor = new ProductEditor(product, browser, page);
      await openEditor(page, product);
      return editor;
    } catch (thrown) {
      await browser.close();
      await product?.stop();
      throw thrown;
    }
  }

  async picture(name: string, page = this.page): Promise<void> {
    await page.screenshot({ path: join(this.#pictures, `${name}.png`) });
  }

  /** For an `afterEach`: a picture of what failed, and whatever the page must never do. */
  async check(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state === "failed") {
      this.#isKept = true;
      await this.picture(`failed ${test.title.replaceAll("/", " ")}`);
    }
    assert.deepEqual(this.#wrong.splice(0), []);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.product.stop();
    if (this.#isKept) console.log(`      pictures are in ${this.#pictures}`);
    else rmSync(this.#pictures, { recursive: true, force: true });
  }
}
