import { type Response, Router } from "express";
import type { Actuator } from "../actuator.ts";
import { jsonBody } from "./json-body.ts";
import type { SignInSessions } from "./sign-in-sessions.ts";

/** What people do, each in their own name; what starts or permits writing asks for the password again. */
export function personRoutes(actuator: Actuator, sessions: SignInSessions): Router {
  const router = Router();
  const personOf = (response: Response) => String(response.locals.person);

  router.post("/sign-in", jsonBody, async (request, response) => {
    response.json(await sessions.signIn(request.body?.name, request.body?.password));
  });
  router.post("/arm", sessions.required, jsonBody, async (request, response) => {
    const { envelope, mode, minutes, password } = request.body ?? {};
    const person = await sessions.prove(personOf(response), password);
    response.json({ state: actuator.arm(envelope, mode, minutes, person) });
  });
  router.post("/approve", sessions.required, jsonBody, async (request, response) => {
    const { proposal, hash, password } = request.body ?? {};
    const person = await sessions.prove(personOf(response), password);
    response.json({ results: await actuator.approve(String(proposal), hash, person) });
  });
  router.post("/commission", sessions.required, jsonBody, async (request, response) => {
    const { envelope, hash, password } = request.body ?? {};
    const person = await sessions.prove(personOf(response), password);
    actuator.commission(envelope, hash, person);
    response.json({ ok: true });
  });
  return router;
}
