import type { IncomingMessage } from "node:http";
import { messageOf } from "../core/errors.ts";
import { mayAs } from "../core/roles.ts";
import { isEverywhere, scopesText } from "../core/scopes.ts";
import { SCREEN_WATCH } from "../core/screen-frame.ts";
import { DashboardScope } from "./dashboard-scope.ts";
import type { FlowShops } from "./flow-shops.ts";
import type { OpenConnections } from "./open-connections.ts";
import { enterDashboard } from "./people-online.ts";
import { FOREIGN, isFromElsewhere, originRefusal, type PublicPlace } from "./request-origin.ts";
import type { SignedIn } from "./signed-in.ts";

/** The part of a socket.io socket this guard uses. */
export interface DashboardSocket {
  readonly id: string;
  readonly request: IncomingMessage;
  use(check: (packet: [event: string, ...data: unknown[]], next: (error?: Error) => void) => void): void;
  readonly conn: { once(event: "close", listener: () => void): void };
  on(event: "error", listener: (reason: unknown) => void): void;
  /** Everything that Dashboard 2 tells a page goes through it. */
  emit(event: string, ...data: unknown[]): boolean;
  disconnect(close: boolean): void;
}

/** What a page sends by itself to be filled; every other event of a browser is input. */
const READING_EVENTS: ReadonlySet<string> = new Set(["widget-load", SCREEN_WATCH]);

export interface DashboardGuardParts {
  readonly signedIn: SignedIn;
  readonly connections: OpenConnections;
  readonly place: PublicPlace;
  /** Which shop each widget of the running flow belongs to. */
  readonly shops: () => FlowShops;
  readonly onRefused: (sentence: string) => void;
}

/**
 * The dashboard's `ioMiddleware`: no socket without a sign-in or from a page of another origin, no input from a
 * viewer, whatever widget it is meant for, and neither data nor input of a widget outside a person's scopes.
 */
export function dashboardGuard(parts: DashboardGuardParts) {
  return (socket: DashboardSocket, next: (error?: Error) => void): void => {
    const { request } = socket;
    const token = parts.signedIn.token(request);
    const person = parts.signedIn.sessions.person(token);
    // A handshake by polling is a GET, and input follows on it.
    const isForeign = isFromElsewhere(request, parts.place);
    const refusal = originRefusal(request, parts.place) ?? (isForeign ? FOREIGN : undefined);
    if (token === undefined || person === undefined || refusal !== undefined) {
      next(new Error(refusal ?? "sign in first"));
      return;
    }

    const left = [
      enterDashboard(socket.id, person),
      parts.connections.add(token, person, () => socket.disconnect(true)),
    ];
    // Not its "disconnect", whose listeners Dashboard 2 takes off all sockets at a full deploy.
    socket.conn.once("close", () => {
      for (const leave of left) leave();
    });
    // Without a listener the error of a refused packet would end the host.
    socket.on("error", (error) => parts.onRefused(`dashboard, ${person.name}: ${messageOf(error)}`));
    const scope = isEverywhere(person) ? undefined : new DashboardScope(person, parts.shops);
    if (scope !== undefined) tellWithin(socket, scope);
    socket.use(([event, ...data], pass) => {
      const now = parts.signedIn.sessions.person(token);
      if (now === undefined) {
        pass(new Error(`${event} refused: signed out`));
        socket.disconnect(true);
      } else if (!READING_EVENTS.has(event) && !mayAs(now.role, "operator"))
        pass(new Error(`${event} refused: a viewer only reads`));
      else if (scope?.mayReach(event, data) === false)
        pass(new Error(`${event} refused: outside ${scopesText(now)}`));
      else pass();
    });
    next();
  };
}

function tellWithin(socket: DashboardSocket, scope: DashboardScope): void {
  const tell = socket.emit.bind(socket);
  socket.emit = (event, ...data) => {
    const allowed = scope.outgoing(event, data);
    return allowed !== undefined && tell(event, ...allowed);
  };
}
