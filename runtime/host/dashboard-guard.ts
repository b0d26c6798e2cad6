import type { IncomingMessage } from "node:http";
import { messageOf } from "../core/errors.ts";
import type { OpenConnections } from "./open-connections.ts";
import { enterDashboard } from "./people-online.ts";
import { originRefusal, type PublicPlace } from "./request-origin.ts";
import { mayAs } from "./roles.ts";
import type { SignedIn } from "./signed-in.ts";

/** The part of a socket.io socket this guard uses. */
export interface DashboardSocket {
  readonly id: string;
  readonly request: IncomingMessage;
  use(check: (packet: [event: string, ...data: unknown[]], next: (error?: Error) => void) => void): void;
  on(event: "disconnect" | "error", listener: (reason: unknown) => void): void;
  disconnect(close: boolean): void;
}

/** What a page sends by itself to be filled; every other event of a browser is input. */
const READING_EVENTS: ReadonlySet<string> = new Set(["widget-load"]);

export interface DashboardGuardParts {
  readonly signedIn: SignedIn;
  readonly connections: OpenConnections;
  readonly place: PublicPlace;
  readonly onRefused: (sentence: string) => void;
}

/**
 * The dashboard's `ioMiddleware`: no socket without a sign-in or from a page of another origin, and no input from a
 * viewer, whatever widget it is meant for.
 */
export function dashboardGuard(parts: DashboardGuardParts) {
  return (socket: DashboardSocket, next: (error?: Error) => void): void => {
    const { request } = socket;
    const token = parts.signedIn.token(request);
    const person = parts.signedIn.sessions.person(token);
    // A handshake by polling is a GET: asked as if it were to write, since input follows on it.
    const asWriting = Object.assign(Object.create(request), { method: "POST" }) as IncomingMessage;
    const refusal = originRefusal(asWriting, parts.place);
    if (token === undefined || person === undefined || refusal !== undefined) {
      next(new Error(refusal ?? "sign in first"));
      return;
    }

    const left = [
      enterDashboard(socket.id, person),
      parts.connections.add(token, person, () => socket.disconnect(true)),
    ];
    socket.on("disconnect", () => {
      for (const leave of left) leave();
    });
    // Without a listener the error of a refused packet would end the host.
    socket.on("error", (error) => parts.onRefused(`dashboard, ${person.name}: ${messageOf(error)}`));
    socket.use(([event], pass) => {
      const now = parts.signedIn.sessions.person(token);
      if (now === undefined) {
        pass(new Error(`${event} refused: signed out`));
        socket.disconnect(true);
      } else if (READING_EVENTS.has(event) || mayAs(now.role, "operator")) pass();
      else pass(new Error(`${event} refused: a viewer only reads`));
    });
    next();
  };
}
