import type { NodeAPI } from "node-red";
import { messageOf } from "../../runtime/core/errors.ts";
import type { DeclaredRoles } from "../../runtime/ladder/declared-roles.ts";
import type { LadderReport, LadderService } from "../../runtime/ladder/ladder-service.ts";

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
  const publish = (report: LadderReport) =>
    RED.comms.publish(TOPIC, { ...report, declaredRoles: declared.roles }, true);

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
        const found = await readRoles();
        // A deploy that came meanwhile is the one to judge.
        if (start !== starts) return;
        declared = found;
        if (heard !== ladder) ladder.subscribe(publish);
        heard = ladder;
        ladder.setFlow(event?.config?.flows ?? [], { declaredRoles: declared.roles });
      })
      .catch((thrown) => RED.log.error(`ladder: ${messageOf(thrown)}`));
  });

  RED.httpAdmin.get("/rung/ladder", RED.auth.needsPermission("rung.read"), (_request, response) => {
    open()
      .then((ladder) => {
        response.json({ ...ladder.report(), declaredRoles: declared.roles, changes: ladder.changes() });
      })
      .catch((thrown) => response.status(500).json({ code: "ladder", message: messageOf(thrown) }));
  });
}
