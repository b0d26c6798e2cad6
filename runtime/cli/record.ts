import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { readBindingCsv } from "../describe/binding-csv.ts";
import { type Binding, type BindingRow, readBindings } from "../describe/binding-table.ts";
import { ClockRegistry } from "../describe/clock-registry.ts";
import { EpochCounter } from "../describe/epoch-counter.ts";
import { MqttLink } from "../describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../describe/mqtt/mqtt-source.ts";
import { OpcuaSource } from "../describe/opcua/opcua-source.ts";
import { homeFolder } from "../host/home.ts";
import { LinkRecorder } from "./link-recorder.ts";
import { commandLogin, SESSION_OPTIONS, SESSION_USAGE, withSession } from "./opcua-session.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "record a link to a file that can be played again";
export const usage = `rung record <endpoint> --tags <file> --out <file.frames> [--for <time>] [options]
       rung record --mqtt <url> --tags <file> --out <file.frames> [--for <time>] [options]

Writes what comes from an OPC UA server, or from an MQTT broker, to a file: every sample with its value, source time and
quality, bit by bit. rung replay and the recording node play it. Nothing is ever written to the plant.

  <endpoint>             opc.tcp://host:4840, or virtual-plant
  --mqtt <url>           mqtt://host:1883 or mqtts://host:8883
  --tags <file>          a table of tags: CSV, as rung tags --csv and the source's dialog write it, or JSON, as the
                         opc ua source node holds it; for MQTT nodeId is the topic
  --out <file>           ends in .frames by custom; one that is there is kept unless --force is given
  --for <time>           10m, 30s, 2h; without it until Ctrl-C
  --twin <address>       the twin that relative paths of the table stand below
  --format json|raw      of MQTT payloads: {"value", "timeUs", "quality"}, or the bare value (default json)
  --ca <pem>             who vouches for the broker; default the system's authorities
  --json                 the summary as JSON
${SESSION_USAGE}

For MQTT the password may stand in RUNG_MQTT_PASSWORD. Exit: 0 recorded, 1 recorded with something missing (a gap or
values that could not be read, in the summary), 2 a fault of the input, no connection or a disk that failed.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      mqtt: { type: "string" },
      tags: { type: "string" },
      out: { type: "string" },
      for: { type: "string" },
      twin: { type: "string", default: "" },
      format: { type: "string", default: "json" },
      ca: { type: "string" },
      force: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...SESSION_OPTIONS,
    },
  });
type Values = ReturnType<typeof parse>["values"];

const WHERE = "rung record";
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** @param args what follows `rung record` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  const { tags, out } = values;
  if ((values.mqtt === undefined ? 1 : 0) !== positionals.length)
    throw fault("expected one endpoint, or --mqtt <url> instead of it");
  if (values.mqtt !== undefined && values["user-certificate"] !== undefined)
    throw fault("--user-certificate signs in to an OPC UA server, not to a broker");
  if (tags === undefined) throw fault("--tags <file> is missing");
  if (out === undefined) throw fault("--out <file> is missing");
  if (values.format !== "json" && values.format !== "raw")
    throw fault(`--format is json or raw, got ${values.format}`);
  const lengthMs = values.for === undefined ? Number.POSITIVE_INFINITY : msOf(values.for);
  const bindings = bindingsOf(tags, values.twin);
  if (existsSync(out) && !values.force) {
    throw new RungError({
      code: "file-exists",
      where: out,
      what: "is there already",
      advice: "name another, or add --force",
    });
  }
  const recorder = new LinkRecorder(out, values.force);
  try {
    if (values.mqtt === undefined) await recordOpcua(recorder, positionals[0]!, bindings, lengthMs, values);
    else await recordMqtt(recorder, values.mqtt, bindings, lengthMs, values);
  } finally {
    await recorder.close();
  }
  const { samples, gaps, dropped, isWhole } = recorder.summary();
  const tagCount = bindings.length;
  if (samples === 0) {
    throw new RungError({
      code: "nothing-recorded",
      where: out,
      what: `none of ${tagCount} tags sent a sample`,
      advice: "record for longer, or look at the table",
    });
  }
  const droppedWords = Object.entries(dropped).map(([reason, n]) => `${n} dropped (${reason})`);
  const words = [
    `${samples} samples of ${tagCount} tags in ${out}`,
    gaps === 1 ? "1 gap" : `${gaps} gaps`,
    ...droppedWords,
  ];
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ file: out, tags: tagCount, samples, gaps, dropped })}\n`
      : `${words.join(", ")}\n`,
  );
  return isWhole ? 0 : 1;
}

async function recordOpcua(
  recorder: LinkRecorder,
  endpoint: string,
  bindings: readonly Binding[],
  lengthMs: number,
  values: Values,
): Promise<void> {
  await withSession(endpoint, values, WHERE, async (_session, link) => {
    const source = new OpcuaSource({
      id: "record",
      name: WHERE,
      link,
      bindings,
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(link.options.home),
      listener: recorder,
    });
    await recorder.run(source, lengthMs);
  });
}

async function recordMqtt(
  recorder: LinkRecorder,
  url: string,
  bindings: readonly Binding[],
  lengthMs: number,
  values: Values,
): Promise<void> {
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const login = await commandLogin(values, home, WHERE, "RUNG_MQTT_PASSWORD");
  const link = new MqttLink({
    // Each recording is a client of its own, and leaves no session behind at the broker.
    id: `rung-record-${process.pid}`,
    name: WHERE,
    url,
    reality: "live",
    home,
    login: () => login,
    persistentSession: false,
    ...(values.ca === undefined ? {} : { tls: { ca: textOf(values.ca) } }),
  });
  const source = new MqttSource({
    id: "record",
    name: WHERE,
    link,
    bindings,
    format: { form: values.format as "json" | "raw" },
    clocks: new ClockRegistry(),
    epochs: new EpochCounter(home),
    listener: recorder,
  });
  const release = await connected(link);
  try {
    await recorder.run(source, lengthMs);
  } finally {
    await release();
  }
}

/**
 * A broker that cannot be reached at the first attempt is a fault of the question; later the link tries again.
 * @returns lets the link go
 */
async function connected(link: MqttLink): Promise<() => Promise<void>> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const release = link.use({
    filters: [],
    qos: 0,
    message: () => undefined,
    opened: () => resolve(),
    closed: () => undefined,
    problem: reject,
    state: ({ phase, error }) => {
      if (phase === "retrying") reject(error);
    },
  });
  try {
    await promise;
    return release;
  } catch (thrown) {
    await release();
    throw thrown;
  }
}

/** The checked table. @throws RungError naming every row that is wrong */
function bindingsOf(file: string, twin: string): Binding[] {
  const text = textOf(file);
  const { bindings, problems } = readBindings(
    /^\s*\[/.test(text) ? rowsOf(text, file) : csvRowsOf(text, file),
    twin,
  );
  if (problems.length > 0) throw malformed(file, problems.map(messageOf).join("; "));
  if (bindings.length === 0) throw malformed(file, "binds no tag");
  return bindings;
}

function csvRowsOf(text: string, file: string): readonly BindingRow[] {
  const { rows, problems } = readBindingCsv(text, basename(file));
  if (problems.length > 0) throw malformed(file, problems.map(messageOf).join("; "));
  return rows;
}

function rowsOf(text: string, file: string): BindingRow[] {
  try {
    return JSON.parse(text) as BindingRow[];
  } catch (cause) {
    throw malformed(file, messageOf(cause));
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
}

function msOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = found === null ? 0 : Number(found[1]) * MS[found[2]!]!;
  if (ms > 0) return ms;
  throw fault(`--for ${JSON.stringify(text)} is no time such as 10m, 30s or 2h`);
}

const malformed = (file: string, what: string): RungError =>
  new RungError({
    code: "malformed-table",
    where: file,
    what,
    advice: "nothing is recorded until all rows are right",
  });

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: WHERE, what, advice: "see rung record --help" });
