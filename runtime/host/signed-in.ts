import type { IncomingMessage } from "node:http";
import type { RequestHandler, Response } from "express";
import { mayAs } from "../core/roles.ts";
import { isEverywhere } from "../core/scopes.ts";
import type { Person, Sessions } from "./sessions.ts";

/** Where the dashboard is: the path of its `ui-base`. */
const DASHBOARD = "/dashboard";

/**
 * One sign-in for the dashboard, the editor and every API: a session token, in a cookie that no script reads, or as
 * `Authorization: Bearer` from a program.
 */
export class SignedIn {
  readonly sessions: Sessions;
  readonly #secure: boolean;
  #cookie = "rung-session";

  /** @param secure whether people come over https, so that the cookie never travels without */
  constructor(sessions: Sessions, secure: boolean) {
    this.sessions = sessions;
    this.#secure = secure;
  }

  /** Cookies ignore ports: with the port in the name, two hosts on one machine do not sign each other out. */
  nameCookieAfter(port: number): void {
    this.#cookie = `rung-session-${port}`;
  }

  token(request: IncomingMessage): string | undefined {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    return bearer ?? cookieOf(request.headers.cookie, this.#cookie);
  }

  person(request: IncomingMessage): Person | undefined {
    return this.sessions.person(this.token(request));
  }

  setCookie(response: Response, token: string): void {
    response.cookie(this.#cookie, token, this.#cookieOptions());
  }

  clearCookie(response: Response): void {
    response.clearCookie(this.#cookie, this.#cookieOptions());
  }

  /** Lets nobody past without a sign-in: pages are sent to the sign-in and come back, programs get 401. */
  readonly required: RequestHandler = (request, response, next) => {
    if (this.person(request) !== undefined) return next();
    const wantsPage = request.method === "GET" && request.accepts(["json", "html"]) === "html";
    if (wantsPage) response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
    else response.status(401).json({ error: "sign in first", at: "/sign-in" });
  };

  /**
   * What flows serve beside the dashboard (http in nodes) is read by everyone who has signed in, and takes anything
   * that writes from operators and above only.
   */
  readonly operatorWrites: RequestHandler = (request, response, next) => {
    const person = this.person(request);
    const reading = request.method === "GET" || request.method === "HEAD";
    if (person !== undefined && (reading || mayAs(person.role, "operator"))) return next();
    response.status(403).json({ error: "a viewer only reads" });
  };

  /**
   * What flows serve beside the dashboard says nowhere which part of the plant it is of, so that only people get it who
   * are bound to none.
   */
  readonly scopedDashboardOnly: RequestHandler = (request, response, next) => {
    const person = this.person(request);
    const isDashboard = request.path === DASHBOARD || request.path.startsWith(`${DASHBOARD}/`);
    const reading = request.method === "GET" || request.method === "HEAD";
    if (person !== undefined && (isEverywhere(person) || (isDashboard && reading))) return next();
    response.status(403).json({ error: "what flows serve is for people whose scope is everything" });
  };

  /**
   * Hands the session on to Node-RED's own check, which knows tokens only: its editor then runs without keeping a
   * token of its own where any script could read it.
   */
  lendToken(request: IncomingMessage): void {
    if (request.headers.authorization !== undefined) return;
    const token = this.token(request);
    if (token !== undefined && this.sessions.person(token) !== undefined)
      request.headers.authorization = `Bearer ${token}`;
  }

  #cookieOptions() {
    return { httpOnly: true, sameSite: "strict", secure: this.#secure, path: "/" } as const;
  }
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
