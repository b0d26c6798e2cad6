import type { NodeAPI } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import type { InfluxProbe } from "../../../runtime/describe/influx/influx-server.ts";
import { openInflux } from "../../../runtime/describe/influx/open-influx.ts";
import type { HistorianNode } from "./historian-node.ts";
import { type HistorianConfig, type HistorianCredentials, influxSettings } from "./influx-config.ts";

/** What the editor shows in place of a password that was entered before. */
const UNCHANGED = "__PWRD__";
/** A person waits for it. */
const TIMEOUT_MS = 8000;

interface Request {
  body?: { id?: string; config?: HistorianConfig; credentials?: Record<string, unknown> };
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
}

/** The admin route behind "test connection": tries what the dialog shows, deployed or not. */
export function serveConnectionTest(RED: NodeAPI): void {
  const test = (request: Request, response: Response): void => {
    probe(RED, request.body ?? {}).then(
      (found) => response.json(found),
      (thrown: unknown) => response.status(409).json({ error: messageOf(thrown) }),
    );
  };
  RED.httpAdmin.post("/rung/historian/test", RED.auth.needsPermission("rung.write"), test as never);
}

async function probe(
  RED: NodeAPI,
  { id, config, credentials = {} }: NonNullable<Request["body"]>,
): Promise<InfluxProbe> {
  const deployed = id ? (RED.nodes.getNode(id) as HistorianNode | null) : null;
  const asked = (config ?? {}) as HistorianConfig;
  // A password that was entered for one server is not sent to another.
  const known: HistorianCredentials =
    deployed?.config?.url === asked.url ? (deployed?.credentials ?? {}) : {};
  const filled = Object.fromEntries(
    (["user", "password", "token", "ca"] as const).map((key) => [
      key,
      credentials[key] === UNCHANGED ? known[key] : credentials[key],
    ]),
  );
  return openInflux({ ...influxSettings(asked, filled), timeoutMs: TIMEOUT_MS }).probe();
}
