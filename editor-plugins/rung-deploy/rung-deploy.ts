import type { NodeAPI } from "node-red";
import { deployments } from "../../runtime/host/deployments.ts";

/** The runtime half of deploying together: tells editors who deployed which revision. */
export default function (RED: NodeAPI): void {
  RED.httpAdmin.get("/rung/deployments", RED.auth.needsPermission("flows.read"), (_request, response) => {
    response.json(deployments.list());
  });
}
