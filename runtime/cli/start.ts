import { parseArgs } from "node:util";
import type { RungError } from "../core/errors.ts";
import { homeFolder } from "../host/home.ts";
import { Launcher } from "../host/launcher.ts";

export const summary = "start Rung, by default with the virtual plant";
export const usage = `
Usage: rung start [--no-demo | --no-fault] [--port <n>] [--home <folder>]

Starts the host (editor, dashboard, broker) and, unless --no-demo is given, the virtual plant and the actuator
commissioned for it alone. Prints one line when all is ready; ends with SIGTERM or Ctrl-C.

Options: --no-demo         no virtual plant: your links only, read-only unless an actuator has its settings.json
         --no-fault        the virtual plant without the nozzle that fouls after a minute
         --port <n>        instead of RUNG_PORT (default 1880; 0 = any free)
         --home <folder>   instead of RUNG_HOME (default ~/.rung)

Environment: RUNG_HOME, RUNG_FLOWS, RUNG_PORT, RUNG_MQTT_PORT, RUNG_PLANT_PORT, RUNG_ACTUATOR_PORT,
             RUNG_BIND (default 127.0.0.1), RUNG_PUBLIC_URL (the name people use),
             RUNG_TLS_CERT and RUNG_TLS_KEY, or RUNG_TLS=self-made, RUNG_PROFILE (engineering, production),
             RUNG_ACT_HOME, RUNG_RUN, and as root RUNG_HOST_USER and RUNG_ACT_USER: a user for host and actuator each;
             what they mean: docs/operating.md`;

/** @returns 0 after a clean stop, 1 where the host was lost; @throws RungError where it cannot start */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      "no-demo": { type: "boolean", default: false },
      "no-fault": { type: "boolean", default: false },
      port: { type: "string" },
      home: { type: "string" },
    },
  });
  const environment = { ...process.env };
  if (values.port !== undefined) environment.RUNG_PORT = values.port;
  if (values.home !== undefined) environment.RUNG_HOME = values.home;

  const lost = Promise.withResolvers<RungError>();
  const asked = Promise.withResolvers<void>();
  // A terminal's Ctrl-C and npm's own forwarding may both arrive: the second changes nothing.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => asked.resolve());
  const launcher = new Launcher({
    home: homeFolder(environment),
    demo: !values["no-demo"],
    demoFault: !values["no-fault"],
    terminal: process.stdout.isTTY === true,
    environment,
    onHostLost: lost.resolve,
  });
  try {
    const line = await Promise.race([launcher.start(), asked.promise]);
    if (line === undefined) return 0;
    process.stdout.write(`${line}\n`);
    return await Promise.race([asked.promise.then(() => 0), lost.promise.then(() => 1)]);
  } finally {
    await launcher.stop();
  }
}
