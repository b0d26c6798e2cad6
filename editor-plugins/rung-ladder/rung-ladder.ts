import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";
import type { LadderReport, LadderService } from "../../runtime/ladder/ladder-service.ts";
import { isFall, type RungChange } from "../../runtime/ladder/verdict.ts";

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
  const publish = (report: LadderReport, changes: readonly RungChange[]) => {
    RED.comms.publish(TOPIC, report, true);
    for (const change of changes) {
      const { twin, from, to, cause } = change;
      const text = `ladder: ${twin} ${to > from ? "rose" : "fell"} from ${from} to ${to}: ${cause}`;
      if (isFall(change)) RED.log.warn(text);
      else RED.log.info(text);
    }
  };
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

  RED.httpAdmin.get("/rung/ladder", RED.auth.needsPermission("rung.read"), (_request, response) => {
    open()
      .then((ladder) => {
        response.json({ ...ladder.report(), changes: ladder.changes() });
      })
      .catch((thrown) => response.status(500).json({ code: "ladder", message: messageOf(thrown) }));
  });

  RED.httpAdmin.get("/rung/ladder/changes", RED.auth.needsPermission("rung.read"), (request, response) => {
    const answer = async () => {
      const { readChangeQuestion } = await import("../../runtime/ladder/change-question.ts");
      const question = readChangeQuestion(request.query);
      const changes = (await open()).changesOf(question);
      // The page's oldest evaluation is whole, so the next page begins before it.
      const before = changes.length < question.limit ? null : changes.at(-1)!.timeUs;
      response.json({ changes, before });
    };
    answer().catch((thrown) => {
      const code = (thrown as { code?: unknown }).code;
      response
        .status(code === "bad-question" ? 400 : 500)
        .json({ code: typeof code === "string" ? code : "ladder", message: messageOf(thrown) });
    });
  });
}
