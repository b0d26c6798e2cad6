import { Router } from "express";
import { RungError } from "../../core/errors.ts";
import type { Actuator } from "../actuator.ts";
import type { HostToken } from "./host-token.ts";
import { jsonBody } from "./json-body.ts";

/** What the host may do: ask, tell that it is alive, and look. */
export function hostRoutes(actuator: Actuator, token: HostToken): Router {
  const router = Router();
  router.post("/proposals", token.required, jsonBody, async (request, response) => {
    const proposals: unknown = request.body?.proposals;
    if (!Array.isArray(proposals)) {
      throw new RungError({
        code: "bad-request",
        where: "POST /proposals",
        what: "needs {proposals: [...]}",
      });
    }
    response.json({ results: await actuator.propose(proposals) });
  });
  router.get("/results", token.required, (request, response) => {
    response.json(actuator.resultsAfter(Number(request.query.after ?? 0)));
  });
  router.post("/envelopes", token.required, jsonBody, (request, response) => {
    response.json(actuator.want(request.body?.envelope, request.body?.envelopes));
  });
  router.post("/approvals", token.required, jsonBody, (request, response) => {
    response.json(actuator.requestApproval(request.body));
  });
  router.post("/heartbeat", token.required, jsonBody, (request, response) => {
    actuator.heartbeat(request.body);
    response.json({ ok: true });
  });
  return router;
}
