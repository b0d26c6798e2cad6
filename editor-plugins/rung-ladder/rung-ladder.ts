import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";
import { mayTouch } from "../../runtime/core/scopes.ts";
import { scopeOfRequest } from "../../runtime/host/request-scope.ts";
import type { DeclaredRoles } from "../../runtime/ladder/declared-roles.ts";
import type { LadderReport, LadderService } from "../../runtime/ladder/ladder-service.ts";
import { reportWithin } from "../../runtime/ladder/report-within.ts";
import { isFall, type RungChange } from "../../runtime/ladder/verdict.ts";
import { changesRoute } from "./changes-route.ts";
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
  let heard: LadderService | undefined;
  let declared: DeclaredRoles = { roles: {}, ignored: [] };
  // The editor judges what is not deployed yet, and needs to know of the same roles for it.
  const publish = (report: LadderReport, changes: readonly RungChange[]) => {
    RED.comms.publish(TOPIC, { ...report, declaredRoles: declared.roles }, true);
    for (const change of changes) {
      const { twin, from, to, cause } = change;
      const text = `ladder: ${twin} ${to > from ? "rose" : "fell"} from ${from} to ${to}: ${cause}`;
      if (isFall(change)) RED.log.warn(text);
      else RED.log.info(text);
    }
  };

  /** What the installed packages declare; one that is ignored is told once. */
  const readRoles = async (): Promise<DeclaredRoles> => {
    const { installedRoles } = await import("../../runtime/host/package-roles.ts");
    const { userDir, coreNodesDir, nodesDir } = RED.settings as {
      userDir?: string;
      coreNodesDir?: string;
      nodesDir?: string | string[];
    };
    const folders = [userDir, coreNodesDir, nodesDir].flat().filter((folder) => folder !== undefined);
    const found = await installedRoles(folders);
    const told = new Set(declared.ignored.map((entry) => JSON.stringify(entry)));
    for (const entry of found.ignored) {
      const { by, type, why } = entry;
      if (!told.has(JSON.stringify(entry))) RED.log.warn(`ladder: ${by}: role of ${type} is ignored: ${why}`);
    }
    return found;
  };

  let starts = 0;
  RED.events.on("flows:started", (event: FlowsStarted) => {
    const start = ++starts;
    open()
      .then(async (ladder) => {
        // Without them the flow is judged all the same: roles only ever add to what is wired.
        const found = await readRoles().catch((thrown) => {
          RED.log.error(`ladder: what packages declare could not be read: ${messageOf(thrown)}`);
          return declared;
        });
        // A deploy that came meanwhile is the one to judge.
        if (start !== starts) return;
        declared = found;
        if (heard !== ladder) ladder.subscribe(publish);
        heard = ladder;
        ladder.setFlow(event?.config?.flows ?? [], { declaredRoles: declared.roles });
      })
      .catch((thrown) => RED.log.error(`ladder: ${messageOf(thrown)}`));
  });

  changesRoute(RED);
  passportRoute(RED);

  RED.httpAdmin.get("/rung/ladder", RED.auth.needsPermission("rung.read"), (request, response) => {
    const person = scopeOfRequest(request);
    open()
      .then((ladder) => {
        const changes = ladder.changes().filter(({ twin }) => mayTouch(person, twin));
        response.json({ ...reportWithin(ladder.report(), person), declaredRoles: declared.roles, changes });
      })
      .catch((thrown) => response.status(500).json({ code: "ladder", message: messageOf(thrown) }));
  });
}
