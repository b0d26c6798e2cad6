import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ClientSession } from "node-opcua";
import { messageOf } from "../../../runtime/core/errors.ts";
import { type SearchOptions, searchTags } from "../../../runtime/describe/opcua/search.ts";

/** Tags a dialog takes at most; it says where there are more. */
const MOST_TAGS = 20_000;

/** The searches of the dialogs: one at a time for each link and person, a new one ends the one before. */
export class DialogSearches {
  readonly #running = new Map<string, AbortController>();

  /**
   * Searches and writes what is found as it is found: a line of JSON per step, `{tags, progress}`, and `{error}` where
   * the search fails on its way. It ends when the dialog goes away; where a newer one ended it the last step says so.
   * @param whose link and person
   */
  async stream(
    whose: string,
    session: ClientSession,
    question: Pick<SearchOptions, "text" | "under">,
    response: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    const replaced = new AbortController();
    this.#running.get(whose)?.abort();
    this.#running.set(whose, replaced);
    const signal = AbortSignal.any([gone.signal, replaced.signal]);
    response.on("close", () => gone.abort());
    response.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    try {
      for await (const step of searchTags(session, { ...question, mostTags: MOST_TAGS, signal })) {
        if (gone.signal.aborted) return;
        if (!response.write(`${JSON.stringify(step)}\n`)) {
          await once(response, "drain", { signal: gone.signal });
        }
      }
    } catch (thrown) {
      if (gone.signal.aborted) return;
      response.write(`${JSON.stringify({ error: messageOf(thrown) })}\n`);
    } finally {
      if (this.#running.get(whose) === replaced) this.#running.delete(whose);
      response.end();
    }
  }
}
