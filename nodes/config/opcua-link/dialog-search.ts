import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ClientSession } from "node-opcua";
import { messageOf } from "../../../runtime/core/errors.ts";
import { type SearchOptions, searchTags } from "../../../runtime/describe/opcua/search.ts";

/** Tags a dialog takes at most; it says where there are more. */
const MOST_TAGS = 20_000;

/**
 * Searches for a dialog and writes what it finds as it is found: a line of JSON per step, `{tags, progress}`, and
 * `{error}` where the search fails on its way. It ends when the dialog goes away.
 */
export async function streamSearch(
  session: ClientSession,
  question: Pick<SearchOptions, "text" | "under">,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  try {
    for await (const step of searchTags(session, { ...question, mostTags: MOST_TAGS, signal: gone.signal })) {
      if (gone.signal.aborted) return;
      if (!response.write(`${JSON.stringify(step)}\n`)) {
        await once(response, "drain", { signal: gone.signal });
      }
    }
  } catch (thrown) {
    if (gone.signal.aborted) return;
    response.write(`${JSON.stringify({ error: messageOf(thrown) })}\n`);
  } finally {
    response.end();
  }
}
