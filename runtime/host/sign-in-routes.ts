import express, { type Request, type Response, type Router } from "express";
import { messageOf } from "../core/errors.ts";
import type { SignInThrottle } from "../core/sign-in-throttle.ts";
import { FIRST_ADMIN, type FirstLogin } from "./first-login.ts";
import { checkPassword, hashPassword, passwordFits, SHORTEST_PASSWORD } from "./password.ts";
import { PLAIN_POLICY } from "./security-headers.ts";
import {
  firstPasswordPage,
  linkSpentPage,
  RUNG_MARK,
  SIGN_IN_STYLE,
  signInPage,
  signOutPage,
} from "./sign-in-page.ts";
import type { SignedIn } from "./signed-in.ts";
import type { UserList } from "./users.ts";

/** Where one lands after signing in. */
export const FIRST_PAGE = "/dashboard/paint";

/**
 * In place of the dashboard's service worker, which would show pages from a cache while the host is away or nobody
 * is signed in: a screen that looks alive and is not. This one never installs.
 */
const NO_SERVICE_WORKER = `addEventListener("install", (event) => event.waitUntil(Promise.reject("no pages from a cache")));
`;

export interface SignInParts {
  readonly users: UserList;
  readonly signedIn: SignedIn;
  readonly firstLogin: FirstLogin;
  readonly throttle: SignInThrottle;
  /** The first admin has a password now: the file with the link can go. */
  readonly onFirstLogin: () => void;
}

/** `/sign-in`, `/sign-out`, `/first-login` and the look of those pages. */
export function signInRoutes(parts: SignInParts): Router {
  const { users, signedIn, firstLogin, throttle } = parts;
  const router = express.Router();
  const form = [express.urlencoded({ extended: false, limit: "4kb" }), express.json({ limit: "4kb" })];

  router.use(["/sign-in", "/sign-out", "/first-login"], (_request, response, next) => {
    response.set({ "Content-Security-Policy": PLAIN_POLICY, "Cache-Control": "no-store" });
    next();
  });
  router.get("/sign-in.css", (_request, response) => {
    response.type("css").send(SIGN_IN_STYLE);
  });
  router.get(["/rung.svg", "/favicon.ico"], (_request, response) => {
    response.type("svg").send(RUNG_MARK);
  });

  // Browsers fetch it without cookies. The dashboard's own would tell its name to anybody.
  router.get("/dashboard/manifest.webmanifest", (_request, response) => {
    const name = { name: "Rung", short_name: "Rung" };
    response
      .type("application/manifest+json")
      .json({ ...name, start_url: FIRST_PAGE, display: "standalone" });
  });

  router.get("/dashboard/sw.js", (_request, response) => {
    response.type("js").set("Cache-Control", "no-store").send(NO_SERVICE_WORKER);
  });

  router.get("/sign-in", (request, response) => {
    const next = pathInside(String(request.query.next ?? ""));
    if (signedIn.person(request) !== undefined) return response.redirect(303, next);
    response.send(signInPage({ next }));
  });

  router.post("/sign-in", ...form, async (request, response) => {
    const user = field(request, "user").toLowerCase();
    const next = pathInside(field(request, "next"));
    const address = request.socket.remoteAddress ?? "";
    const refuse = (status: number, wrong: string) =>
      answer(request, response.status(status), { error: wrong }, signInPage({ next, user, wrong }));

    const { waitMs, found } = await throttle.attempt(user, address, async () =>
      (await passwordFits(field(request, "password"), users.get(user)?.hash)) ? user : undefined,
    );
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      response.set("Retry-After", String(seconds));
      return refuse(429, `Too many failed attempts. Wait ${seconds} s and try again.`);
    }
    if (found === undefined) return refuse(401, "Name or password is wrong.");
    enter(request, response, found, next);
  });

  router.get("/sign-out", (request, response) => {
    const person = signedIn.person(request);
    // A screen asks who is signed in, to say so.
    if (request.accepts(["html", "json"]) === "json") {
      const { name, role } = person ?? {};
      return response.status(person === undefined ? 401 : 200).json({ name, role });
    }
    if (person === undefined) return response.redirect(303, "/sign-in");
    response.send(signOutPage(person.name, person.role));
  });

  router.post("/sign-out", (request, response) => {
    leave(request, response);
    answer(request, response, { signedOut: true }, undefined, "/sign-in");
  });

  router.get("/first-login", (request, response) => {
    const token = String(request.query.token ?? "");
    if (!firstLogin.fits(token)) return response.status(410).send(linkSpentPage());
    response.send(firstPasswordPage({ token, user: FIRST_ADMIN, shortest: SHORTEST_PASSWORD }));
  });

  router.post("/first-login", ...form, async (request, response) => {
    const token = field(request, "token");
    const password = field(request, "password");
    if (!firstLogin.fits(token)) return response.status(410).send(linkSpentPage());
    try {
      checkPassword(password);
      if (password !== field(request, "again")) throw new Error("The two passwords differ.");
    } catch (thrown) {
      const wrong = messageOf(thrown);
      return response
        .status(400)
        .send(firstPasswordPage({ token, user: FIRST_ADMIN, shortest: SHORTEST_PASSWORD, wrong }));
    }
    // Used up before the slow hash, so that of two at once only one gets in.
    if (!firstLogin.take(token)) return response.status(410).send(linkSpentPage());
    users.setHash(FIRST_ADMIN, await hashPassword(password));
    parts.onFirstLogin();
    enter(request, response, FIRST_ADMIN, FIRST_PAGE);
  });

  /** The editor's own sign-out asks here; it goes where it is told. */
  router.post("/editor/auth/revoke", (request, response) => {
    leave(request, response);
    response.json({ redirect: "/sign-in" });
  });
  /** What the editor shows when a session ends while it is open. */
  router.get("/editor/auth/login", (_request, response) => {
    const button = { type: "button", label: "Sign in", url: "/sign-in?next=/editor/" };
    response.json({ type: "strategy", prompts: [button] });
  });

  function enter(request: Request, response: Response, user: string, next: string): void {
    const token = signedIn.sessions.open(user);
    signedIn.setCookie(response, token);
    answer(request, response, { token, user, role: users.get(user)!.role }, undefined, next);
  }

  function leave(request: Request, response: Response): void {
    const token = signedIn.token(request);
    if (token !== undefined) signedIn.sessions.close(token);
    signedIn.clearCookie(response);
  }

  return router;
}

/** A program that asks for JSON gets JSON, a browser the page or the way on. */
function answer(request: Request, response: Response, facts: object, html?: string, to?: string): void {
  if (request.accepts(["html", "json"]) === "json") response.json(facts);
  else if (html !== undefined) response.send(html);
  else response.redirect(303, to!);
}

function field(request: Request, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" ? value : "";
}

/** A path of this host, or the first page: nobody is sent elsewhere after a sign-in. */
export function pathInside(path: string): string {
  const probe = URL.parse(path, "http://inside.invalid");
  const inside = path.startsWith("/") && probe?.origin === "http://inside.invalid";
  return inside ? `${probe.pathname}${probe.search}` : FIRST_PAGE;
}
