import { type Response, Router } from "express";
import type { Actuator } from "../actuator.ts";
import type { Person } from "../people.ts";
import { untrustedText } from "../untrusted-text.ts";
import { jsonBody } from "./json-body.ts";
import type { SignInSessions } from "./sign-in-sessions.ts";

/** What people do, each in their own name; what starts or permits writing asks for the password again. */
export function personRoutes(actuator: Actuator, sessions: SignInSessions): Router {
  const router = Router();
  const nameOf = (response: Response) => (response.locals.person as Person).name;

  router.post("/sign-in", jsonBody, async (request, response) => {
    response.json(await sessions.signIn(request.body?.name, request.body?.password));
  });
  router.post("/sign-out", sessions.required, (request, response) => {
    sessions.signOut(request);
    response.json({ ok: true });
  });
  router.get("/view", sessions.required, (_request, response) => {
    response.json(actuator.viewFor(response.locals.person as Person));
  });
  router.post("/arm", sessions.required, jsonBody, async (request, response) => {
    const { envelope, mode, minutes, password } = request.body ?? {};
    const person = await sessions.prove(nameOf(response), password);
    response.json({ state: actuator.arm(envelope, mode, minutes, person.name) });
  });
  router.post("/approve", sessions.required, jsonBody, async (request, response) => {
    const { proposal, hash, password } = request.body ?? {};
    const person = await sessions.prove(nameOf(response), password);
    response.json({ results: await actuator.approve(untrustedText(proposal), hash, person.name) });
  });
  router.post("/commission", sessions.required, jsonBody, async (request, response) => {
    const { envelope, hash, password } = request.body ?? {};
    const person = await sessions.prove(nameOf(response), password);
    actuator.commission(envelope, hash, person.name);
    response.json({ ok: true });
  });
  return router;
}
