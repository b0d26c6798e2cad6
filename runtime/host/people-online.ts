import type { Person } from "./sessions.ts";

/** Registered, since nodes that run from the built pack and a host that runs from source must mean the same people. */
const PEOPLE = Symbol.for("rung.people-online");
const shared = globalThis as { [PEOPLE]?: Map<string, Person> };
shared[PEOPLE] ??= new Map();
const bySocket = shared[PEOPLE];

/**
 * Who is behind a dashboard message: give it `msg._client.socketId`, which the dashboard sets itself. This is the
 * only word to trust about who pressed a button; everything else in such a message comes from the browser.
 */
export function personAtDashboard(socketId: string | undefined): Person | undefined {
  return socketId === undefined ? undefined : bySocket.get(socketId);
}

/** @returns to be called when the person has left */
export function enterDashboard(socketId: string, person: Person): () => void {
  bySocket.set(socketId, person);
  return () => bySocket.delete(socketId);
}
