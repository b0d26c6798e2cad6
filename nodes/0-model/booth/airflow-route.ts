import type { NodeAPI } from "node-red";
import { PRIORITIES } from "../../../runtime/compute/priorities.ts";
import { solve } from "../../../runtime/compute/solvers/solve.ts";
import { messageOf } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { BOOTH_AIRFLOW } from "../../../runtime/model/booth/airflow-kernel.ts";
import { boothConfig } from "../../../runtime/model/booth/booth-config.ts";

interface Request {
  body: { booth?: unknown } | undefined;
}
interface Response {
  readonly writableEnded: boolean;
  status(code: number): Response;
  json(body: unknown): void;
  on(event: "close", listener: () => void): void;
}

const DEADLINE_MS = 120_000;

/** The admin route behind the form's Run button: a booth in, its airflow picture out. A closed form cancels it. */
export function serveAirflow(RED: NodeAPI): void {
  const allowed = RED.auth.needsPermission("rung.write");
  RED.httpAdmin.post("/rung/booth/airflow", allowed, (async (request: Request, response: Response) => {
    const abort = new AbortController();
    response.on("close", () => {
      if (!response.writableEnded) abort.abort();
    });
    try {
      const order = { booth: boothConfig(request.body?.booth), wantsField: false };
      const { picture } = await solve(services().compute(), BOOTH_AIRFLOW, order, {
        priority: PRIORITIES.awaited,
        deadlineMs: DEADLINE_MS,
        signal: abort.signal,
      });
      response.json(picture);
    } catch (thrown) {
      if (!abort.signal.aborted) response.status(409).json({ error: messageOf(thrown) });
    }
  }) as never);
}
