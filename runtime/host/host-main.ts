import { rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import { writePrivate } from "../core/private-file.ts";
import { HOST_TLS, serverCertificate } from "../core/server-certificate.ts";
import { homeFolder, makeHome } from "./home.ts";
import { startHost } from "./host.ts";
import type { HostMessage } from "./host-message.ts";
import { portFrom } from "./listen-error.ts";
import { gauge } from "./metrics.ts";
import { profileFrom } from "./profile.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { EXIT_INPUT_ERROR } from "./supervised-process.ts";

const NAME = "host";
const BROKER = "broker";
const DEFAULT_PORT = 1880;
/** Longest a clean stop may take before the process ends anyway. */
const STOP_MS = 8_000;

const home = homeFolder();
// Node-RED and its nodes find the home where services.ts looks for it.
process.env.RUNG_HOME = home;
const linkFile = join(home, "first-login");

let unhandled = 0;
// One node's forgotten promise must not stop the plant's host; it is said and counted.
process.on("unhandledRejection", (reason) => {
  unhandled++;
  const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  process.stderr.write(`unhandled rejection: ${detail}\n`);
});
// After an exception nobody caught, the state is unknown: ended, and started again by the launcher.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  void stop(1);
});

const stopRequested = Promise.withResolvers<void>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stopRequested.resolve());
// The launcher is gone: nobody supervises this process any more.
process.on("disconnect", () => stopRequested.resolve());

let stopping = false;
const starting = start();
starting.catch((thrown) => {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exit(thrown instanceof RungError ? EXIT_INPUT_ERROR : 1);
});
void stopRequested.promise.then(() => stop(0));

async function start() {
  makeHome(home);
  const profile = profileFrom(process.env);
  const certificate = await serverCertificate(process.env, HOST_TLS, join(home, "tls"));
  const host = await startHost({
    home,
    port: portFrom(process.env, "RUNG_PORT", DEFAULT_PORT),
    mqttPort: portFrom(process.env, "RUNG_MQTT_PORT", 0),
    address: process.env.RUNG_BIND || undefined,
    profile,
    certificate,
    publicUrl: publicUrl(process.env.RUNG_PUBLIC_URL),
    onFirstLogin: () => rmSync(linkFile, { force: true }),
  });
  gauge("rung_unhandled_rejections", "Promises that failed with nobody looking", () => unhandled);
  if (host.firstLoginLink !== undefined) tellFirstLogin(host.firstLoginLink);
  writeRunFile(home, BROKER, { port: host.mqttPort });
  // Programs of this home know the host by its certificate, whoever has signed it.
  writeRunFile(home, NAME, { port: host.port, mqttPort: host.mqttPort, certificate: certificate?.cert });
  return host;
}

function publicUrl(text: string | undefined): URL | undefined {
  if (!text) return undefined;
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new RungError({
    code: "bad-url",
    where: "RUNG_PUBLIC_URL",
    what: `is no web address: ${JSON.stringify(text)}`,
    advice: "give the address people use, such as https://rung.plant.example",
  });
}

/** A person at the terminal sees the link; otherwise it lies in a file that only the owner reads. */
function tellFirstLogin(link: string): void {
  let message: HostMessage = { link };
  const watched = process.env.RUNG_FIRST_LOGIN === "link" || process.stdout.isTTY === true;
  if (!watched) {
    writePrivate(linkFile, `${link}\n`);
    message = { file: linkFile };
  }
  if (process.send !== undefined) process.send(message);
  else process.stdout.write(`First sign-in: ${message.link ?? `see ${message.file}`}\n`);
}

async function stop(status: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(status || 1), STOP_MS).unref();
  try {
    await (await starting).close();
  } finally {
    removeRunFile(home, NAME);
    removeRunFile(home, BROKER);
    process.exit(status);
  }
}
