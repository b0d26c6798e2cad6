import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { ActuatorClient, armText } from "../act/actuator-client.ts";
import { actuatorDirectory } from "../act/actuator-home.ts";
import { hostTokenOf } from "../act/http/host-token.ts";
import { People, type Person, type PersonChange } from "../act/people.ts";
import type { Role } from "../act/rights.ts";
import { RungError } from "../core/errors.ts";
import { homeFolder } from "../host/home.ts";

export const summary = "the actuator: status, page, who may arm";
export const usage = `
Usage: rung arm status [--json]
       rung arm page
       rung arm person list [--json]
       rung arm person add <name> [--role <role>] [--scope <address>]...
       rung arm person change <name> [--role <role>] [--scope <address>]...
       rung arm person password <name>
       rung arm person remove <name>

Arming itself is done on the actuator's page, each person in their own name. The actuator's people are apart from the
host's users. A password is asked for on a terminal, otherwise read as one line from stdin. Run it as the actuator's
own user: sudo -u rung-act, so that it is known who made the account.

Roles, each with what those before it may: viewer sees, operator approves and disarms, engineer commissions and arms,
admin makes people. Scopes are the addresses below which that holds.

Options: --role <role>     viewer (of a new person), operator, engineer or admin
         --scope <address> as often as needed; without one a new person's is everything; "" is everything
         --home <folder>   instead of RUNG_HOME
         --json            answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      home: { type: "string" },
      json: { type: "boolean", default: false },
      role: { type: "string" },
      scope: { type: "string", multiple: true },
    },
  });
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const [action, ...rest] = positionals;
  if (action === "status" || action === "page") return ask(home, action, values.json);
  if (action === "person") {
    const change = {
      ...(values.role === undefined ? {} : { role: values.role as Role }),
      ...(values.scope === undefined ? {} : { scopes: values.scope }),
    };
    return person(home, rest, change, values.json);
  }
  throw unknownAction(`rung arm ${action ?? ""}`.trim(), "status, page or person");
}

async function ask(home: string, action: "status" | "page", asJson: boolean): Promise<number> {
  // A look only: it wants nothing and so tells nothing about any row.
  const client = new ActuatorClient({
    home,
    token: () => hostTokenOf(home),
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
    for (const { address, proposedBack, unit } of envelope.targets) {
      if (proposedBack !== undefined) process.stdout.write(`  was    ${address}: ${proposedBack} ${unit}\n`);
    }
  }
  return 0;
}

async function person(
  home: string,
  [action, name]: string[],
  change: Pick<PersonChange, "role" | "scopes">,
  asJson: boolean,
): Promise<number> {
  const directory = actuatorDirectory({ ...process.env, RUNG_HOME: home });
  requireOwnUser(directory);
  const people = new People(directory);
  const done = (text: string, facts: object) =>
    process.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  if (action === "list") {
    const all = people.all();
    done(all.map(inWords).join("\n") || "nobody yet: the actuator's first start makes admin", all);
    return 0;
  }
  if (name === undefined || name === "") {
    throw new RungError({ code: "missing-argument", where: "rung arm person", what: "needs a name" });
  }
  const known = people.find(name) !== undefined;
  const by = osUser();
  switch (action) {
    case "add":
      if (known) throw new RungError({ code: "bad-person", where: name, what: "is there already" });
      people.set(name, { ...change, password: await password(name), by });
      break;
    case "change":
      if (!known) throw new RungError({ code: "bad-person", where: name, what: "is nobody here" });
      people.set(name, { ...change, by });
      break;
    case "password":
      if (!known) throw new RungError({ code: "bad-person", where: name, what: "is nobody here" });
      people.set(name, { password: await password(name), by });
      done(`${name} has a new password`, { name });
      return 0;
    case "remove":
      people.remove(name);
      done(`${name} may do nothing here any more`, { name });
      return 0;
    default:
      throw unknownAction(`rung arm person ${action ?? ""}`.trim(), "list, add, change, password or remove");
  }
  const now = people.find(name)!;
  done(inWords(now), now);
  return 0;
}

/** What another user writes there, root too, the actuator could not read any more. */
function requireOwnUser(directory: string): void {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || process.getuid === undefined || owner === process.getuid()) return;
  throw new RungError({
    code: "wrong-user",
    where: directory,
    what: `belongs to user ${owner}, this is user ${process.getuid()}`,
    advice: "run it as the actuator's user: runuser -u rung-act -- rung arm person ...",
  });
}

/** "anna, engineer of acme/leipzig/paint". */
function inWords({ name, role, scopes }: Person): string {
  const where = scopes.includes("") ? "everything" : scopes.join(", ") || "nothing";
  return `${name}, ${role} of ${where}`;
}

/** Whom the system knows to run this: the one who called sudo, where somebody did; a user without a name by number. */
function osUser(): string {
  if (process.env.SUDO_USER) return `os:${process.env.SUDO_USER}`;
  try {
    return `os:${userInfo().username}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
    return `os:${process.getuid?.()}`;
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
