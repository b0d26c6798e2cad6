import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";
import type { LadderReport, LadderService } from "../../runtime/ladder/ladder-service.ts";
import { passportRoute } from "./passport-route.ts";

/** Topic on which every open editor gets the verdicts; retained, so that one that opens later has them at once. */
const TOPIC = "rung/ladder";

/** What Node-RED hands out when flows start. */
interface FlowsStarted {
  readonly config?: { readonly flows?: unknown };
}

/**
 * The ladder's runtime half: tells the judge which flow runs, and the editor what the judge says. Read-only; a
 * level is a finding, so there is nothing here to set.
 */
export default function (RED: NodeAPI): void {
  // Node-RED loads plugins by require(): what may await at its top level is imported when it is needed.
  const open = async () => (await import("../../runtime/host/services.ts")).services().ladder();
  const publish = (report: LadderReport) => RED.comms.publish(TOPIC, report, true);
  let heard: LadderService | undefined;

  RED.events.on("flows:started", (event: FlowsStarted) => {
    open()
      .then((ladder) => {
        if (heard !== ladder) ladder.subscribe(publish);
        heard = ladder;
        ladder.setFlow(event?.config?.flows ?? []);
      })
      .catch((thrown) => RED.log.error(`ladder: ${messageOf(thrown)}`));
  });

  passportRoute(RED);

  RED.httpAdmin.get("/rung/ladder", RED.auth.needsPermission("rung.read"), (_request, response) => {
    open()
      .then((ladder) => {
        response.json({ ...ladder.report(), changes: ladder.changes() });
      })
      .catch((thrown) => response.status(500).json({ code: "ladder", message: messageOf(thrown) }));
  });
}
