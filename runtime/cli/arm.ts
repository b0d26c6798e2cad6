import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { ActuatorClient, armText } from "../act/actuator-client.ts";
import { People } from "../act/people.ts";
import { RungError } from "../core/errors.ts";
import { readJsonFile } from "../core/private-file.ts";
import { homeFolder } from "../host/home.ts";

export const summary = "the actuator: status, page, who may arm";
export const usage = `
Usage: rung arm status [--json]
       rung arm page
       rung arm person list [--json]
       rung arm person add <name>
       rung arm person password <name>
       rung arm person remove <name>

Arming itself is done on the actuator's page, each person in their own name. The actuator's people are apart from the
host's users. A password is asked for on a terminal, otherwise read as one line from stdin. Run it as the actuator's
own user.

Options: --home <folder>   instead of RUNG_HOME
         --json            answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { home: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const [action, ...rest] = positionals;
  if (action === "status" || action === "page") return ask(home, action, values.json);
  if (action === "person") return person(home, rest, values.json);
  throw unknownAction(`rung arm ${action ?? ""}`.trim(), "status, page or person");
}

async function ask(home: string, action: "status" | "page", asJson: boolean): Promise<number> {
  // A look only: it wants nothing and so tells nothing about any row.
  const client = new ActuatorClient({
    home,
    token: () =>
      readJsonFile<{ password: string }>(join(home, "keyring", "actuator-host.json"))?.password ?? "",
    rowFour: () => ({ holds: false, cause: "" }),
    heartbeat: false,
  });
  const { page } = client;
  await client.close();
  const { status, problem } = client;
  if (action === "page" && page !== null) {
    process.stdout.write(`${page}\n`);
    return 0;
  }
  if (status === undefined)
    throw new RungError({ code: "no-actuator", where: "rung arm", what: problem ?? "no answer" });
  if (asJson) process.stdout.write(`${JSON.stringify(status)}\n`);
  else if (status.envelopes.length === 0)
    process.stdout.write("no envelope: deploy a flow with an envelope node\n");
  for (const envelope of asJson ? [] : status.envelopes) {
    process.stdout.write(`${envelope.name} (${envelope.twin}): ${armText(status, envelope.id)}\n`);
    for (const { what, holds, value } of envelope.checks) {
      process.stdout.write(`  ${holds ? "holds" : "FAILS"}  ${what}: ${value}\n`);
    }
  }
  return 0;
}

async function person(home: string, [action, name]: string[], asJson: boolean): Promise<number> {
  const people = new People(join(home, "actuator"));
  const done = (text: string, facts: object) =>
    process.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  if (action === "list") {
    const names = people.names();
    done(names.join("\n") || "nobody yet: the actuator's first start makes admin", names);
    return 0;
  }
  if (name === undefined || name === "") {
    throw new RungError({ code: "missing-argument", where: "rung arm person", what: "needs a name" });
  }
  const known = people.names().includes(name);
  switch (action) {
    case "add":
      if (known) throw new RungError({ code: "bad-person", where: name, what: "is there already" });
      people.set(name, await password(name));
      done(`${name} may arm and approve`, { name });
      return 0;
    case "password":
      if (!known) throw new RungError({ code: "bad-person", where: name, what: "is nobody here" });
      people.set(name, await password(name));
      done(`${name} has a new password`, { name });
      return 0;
    case "remove":
      people.remove(name);
      done(`${name} may no longer arm`, { name });
      return 0;
    default:
      throw unknownAction(`rung arm person ${action ?? ""}`.trim(), "list, add, password or remove");
  }
}

/** One line, unseen on a terminal. */
async function password(name: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`Password for ${name}: `);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: process.stdin.isTTY });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (process.stdin.isTTY) process.stderr.write("\n");
  }
  throw new RungError({
    code: "missing-argument",
    where: "rung arm person",
    what: "found no password on stdin",
  });
}

function unknownAction(where: string, actions: string): RungError {
  return new RungError({
    code: "unknown-action",
    where,
    what: "says nothing to do",
    advice: `use ${actions}; see rung help arm`,
  });
}
