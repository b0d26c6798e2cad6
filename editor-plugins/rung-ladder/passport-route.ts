import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";

/** `GET rung/passport/<address>`: the passport of a twin of the flow that runs, with `?print` as a page. */
export function passportRoute(RED: NodeAPI): void {
  RED.httpAdmin.get("/rung/passport/*", RED.auth.needsPermission("rung.read"), (request, response) => {
    const twin = (request.params as Record<string, string>)[0] ?? "";
    const answer = async () => {
      // Node-RED loads plugins by require(): what may await at its top level is imported when it is needed.
      const { services } = await import("../../runtime/host/services.ts");
      const { answerPassport } = await import("../../runtime/host/passport/passport-answer.ts");
      answerPassport(request, response, { services: services(), twin });
    };
    answer().catch((thrown) => response.status(500).json({ code: "passport", message: messageOf(thrown) }));
  });
}
