import type { Person } from "./sessions.ts";

const bySocket = new Map<string, Person>();

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
