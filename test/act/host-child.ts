/** A host as a process of its own: `host-child.ts <home>`. It beats, and proposes 5 K up and 5 K down for ever. */
import { ActuatorClient } from "../../runtime/act/actuator-client.ts";
import { hostToken, upAndDown } from "./acting-processes.ts";
import { ovenEnvelope } from "./oven-envelope.ts";

const home = process.argv[2]!;
const client = new ActuatorClient({
  home,
  token: () => hostToken(home),
  rowFour: () => ({ holds: true, cause: "" }),
  pollMs: 100,
});
client.want(ovenEnvelope(JSON.parse(process.argv[3]!)));
process.stdin.resume().on("end", () => process.exit(0));
for (let n = 0; ; n++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { status } = client;
  const setpoint = status?.envelopes[0]?.targets[0]?.setpoint;
  if (status === undefined || typeof setpoint !== "number") continue;
  await client.submit([upAndDown(`${process.pid}-${n}`, setpoint, status.plant.timeUs)]);
}
