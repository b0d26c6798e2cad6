import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { skipOrFail } from "../needs.ts";
import { newFolder } from "./opcua-test-server.ts";

const PROGRAM = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].find((file) => existsSync(file));

/** For a `before`: skips a suite with the reason, and fails it where everything must be there. */
export function needsMosquitto(this: Mocha.Context): void {
  if (PROGRAM === undefined) skipOrFail(this, "mosquitto is not installed");
}

/**
 * A mosquitto of its own, without persistence.
 * @param listeners lines of its configuration after those of the plain listener on `port`
 */
export async function startMosquitto(
  port: number,
  listeners: readonly string[] = [],
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const file = join(newFolder("mosquitto"), "mosquitto.conf");
  const lines = [
    // Started by root it would become a user that cannot read a key; otherwise this is passed over.
    "user root",
    "persistence false",
    "per_listener_settings true",
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    ...listeners,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const child = spawn(PROGRAM!, ["-c", file], { stdio: "ignore" });
  const url = `mqtt://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(url)); tries++) {
    if (child.exitCode !== null)
      throw new Error(`mosquitto ended with ${child.exitCode}: ${lines.join("; ")}`);
    if (tries === 100) throw new Error("mosquitto does not answer");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, close: () => ended(child, "SIGTERM") };
}

function answers(url: string): Promise<boolean> {
  return connectAsync(url, { reconnectPeriod: 0, connectTimeout: 1000 }, false).then(
    (client) => client.endAsync(true).then(() => true),
    () => false,
  );
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Ends a child and waits until it is gone. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  return gone;
}
