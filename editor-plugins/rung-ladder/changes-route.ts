import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";
import { mayTouch } from "../../runtime/core/scopes.ts";
import { scopeOfRequest } from "../../runtime/host/request-scope.ts";

/** `GET rung/ladder/changes?twin=<address>`: what held rungs and rows changed to, page by page, the newest first. */
export function changesRoute(RED: NodeAPI): void {
  RED.httpAdmin.get("/rung/ladder/changes", RED.auth.needsPermission("rung.read"), (request, response) => {
    const answer = async () => {
      // Node-RED loads plugins by require(): what may await at its top level is imported when it is needed.
      const { services } = await import("../../runtime/host/services.ts");
      const { readChangeQuestion } = await import("../../runtime/ladder/change-question.ts");
      const question = readChangeQuestion(request.query);
      const changes = services().ladder().changesOf(question);
      // The page's oldest evaluation is whole, so the next page begins before it.
      const before = changes.length < question.limit ? null : changes.at(-1)!.timeUs;
      const person = scopeOfRequest(request);
      response.json({ changes: changes.filter(({ twin }) => mayTouch(person, twin)), before });
    };
    answer().catch((thrown) => {
      const code = (thrown as { code?: unknown }).code;
      response
        .status(code === "bad-question" ? 400 : 500)
        .json({ code: typeof code === "string" ? code : "ladder", message: messageOf(thrown) });
    });
  });
}
