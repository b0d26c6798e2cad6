import { type RequestHandler, Router } from "express";
import type { Actuator } from "../actuator.ts";
import type { Person } from "../people.ts";
import { bearerOf, type HostToken } from "./host-token.ts";
import { jsonBody } from "./json-body.ts";
import type { SignInSessions } from "./sign-in-sessions.ts";

/** What both may do: look, and stop. Stopping asks for no more than being known. */
export function sharedRoutes(actuator: Actuator, token: HostToken, sessions: SignInSessions): Router {
  const router = Router();
  const known: RequestHandler = (request, response, next) => {
    if (!token.fits(bearerOf(request.headers.authorization)))
      return sessions.required(request, response, next);
    response.locals.person = undefined;
    next();
  };
  router.get("/status", known, (_request, response) => {
    const person: Person | undefined = response.locals.person;
    response.json(person === undefined ? actuator.status() : actuator.statusFor(person));
  });
  router.post("/disarm", known, jsonBody, (request, response) => {
    const person: Person | undefined = response.locals.person;
    actuator.disarm(request.body?.envelope, person?.name);
    response.json({ ok: true });
  });
  return router;
}
