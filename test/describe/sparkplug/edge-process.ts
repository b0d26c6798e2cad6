/**
 * An edge node in a process of its own, so that a test can end it with SIGKILL: an `EdgeSession` on an MQTT client.
 * Started with JSON options, tells `{"online": true}` lines, takes JSON lines: `{"set": 5}`, `{"lose": true}` (the next
 * message is counted and not sent), `{"leave": true}`.
 */
import { createInterface } from "node:readline";
import { connect } from "mqtt";
import { EdgeSession } from "../../../runtime/describe/sparkplug/edge-session.ts";

interface Options {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly group: string;
  readonly node: string;
  readonly primaryHost?: string;
  readonly lastBdSeq?: number;
}

const options = JSON.parse(process.argv[2]!) as Options;
let losing = false;
const session = new EdgeSession({
  group: options.group,
  node: options.node,
  ...(options.primaryHost === undefined ? {} : { primaryHost: options.primaryHost }),
  lastBdSeq: options.lastBdSeq ?? 255,
  listener: {
    publish: ({ topic, payload, qos, retain }) => {
      if (losing) losing = false;
      else client.publish(topic, Buffer.from(payload), { qos, retain });
    },
    disconnect: () => client.end(false),
    command: () => undefined,
    problem: (error) => process.stderr.write(`${error.message}\n`),
  },
});
session.declare(undefined, [{ name: "level", type: "Int32", value: 0, timestampMs: Date.now() }], Date.now());
session.declare("pump", [{ name: "flow", type: "Double", value: 1.5, timestampMs: Date.now() }], Date.now());

const { will, clean, subscriptions } = session.connecting(Date.now());
const client = connect(options.url, {
  clean,
  reconnectPeriod: 0,
  will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
  ...(options.user === undefined ? {} : { username: options.user, password: options.password }),
});
client.on("connect", async () => {
  await client.subscribeAsync([...subscriptions], { qos: 1 });
  session.connected(Date.now());
  process.stdout.write(`${JSON.stringify({ connected: true })}\n`);
});
client.on("message", (topic, payload) => session.receive(topic, payload, Date.now()));
createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as { set?: number; lose?: true; leave?: true };
  if (command.lose) losing = true;
  if (command.set !== undefined) {
    session.update(undefined, [{ name: "level", value: command.set, timestampMs: Date.now() }], Date.now());
  }
  if (command.leave) {
    session.leave(Date.now());
    client.end(false, () => process.exit(0));
  }
});
