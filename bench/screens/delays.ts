import type { Page } from "playwright-core";
import { CLOCK_TURN } from "./load-flow.ts";

/** How old each new value of a clock tag was when it was painted, ms, of the tiles of a page for some seconds. */
export async function paintedDelays(page: Page, seconds: number): Promise<number[]> {
  return page.evaluate(
    async ([forMs, turn]) => {
      const delays: number[] = [];
      const before = new Map<Element, string>();
      const observer = new MutationObserver(() => {
        // What changed now is drawn by the next frame, and on the screen once that has been handed over.
        requestAnimationFrame(() =>
          setTimeout(() => {
            const now = Date.now() % turn!;
            for (const shown of document.querySelectorAll(".tile-rows .number")) {
              const text = shown.textContent ?? "";
              if (before.get(shown) === text) continue;
              if (before.has(shown)) delays.push((now - Number(text.replaceAll(",", "")) + turn!) % turn!);
              before.set(shown, text);
            }
          }),
        );
      });
      for (const panel of document.querySelectorAll(".tile-rows"))
        observer.observe(panel, { subtree: true, childList: true, characterData: true });
      await new Promise((resolve) => setTimeout(resolve, forMs));
      observer.disconnect();
      return delays;
    },
    [1000 * seconds, CLOCK_TURN],
  );
}
