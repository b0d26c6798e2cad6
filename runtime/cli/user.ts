import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { homeFolder, makeHome } from "../host/home.ts";
import { hashPassword } from "../host/password.ts";
import { ROLES, roleFrom } from "../host/roles.ts";
import { UserList } from "../host/users.ts";
import { askUnseen, oneLine } from "./password-input.ts";

export const summary = "who may sign in: add, list, remove, role, password";
export const usage = `
Usage: rung user list [--json]
       rung user add <name> --role <${ROLES.join("|")}>
       rung user role <name> <role>
       rung user password <name>
       rung user remove <name>

A password is asked for on a terminal, otherwise read as one line from stdin. It needs no restart: what a person may
do changes with the next request. A new password and a removal end that person's open sessions.

Options: --home <folder>   instead of RUNG_HOME
         --json            answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      role: { type: "string" },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [action, name, word] = positionals;
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  makeHome(home);
  const users = new UserList(home);
  const done = (text: string, facts: object) =>
    process.stdout.write(values.json ? `${JSON.stringify(facts)}\n` : `${text}\n`);

  if (action === "list") {
    const people = users.all().map(({ name, role, hash }) => ({ name, role, hasPassword: hash !== null }));
    done(
      people
        .map((p) => `${p.name.padEnd(20)} ${p.role}${p.hasPassword ? "" : "  (no password yet)"}`)
        .join("\n") || "nobody yet: the first start makes admin",
      people,
    );
    return 0;
  }
  if (action === "add") {
    const person = { name: given(name, "a name"), role: roleFrom(given(values.role, "--role")) };
    // Refused before the password is asked for: typing it twice for a name that exists helps nobody.
    users.checkNew(person.name);
    users.add({ ...person, hash: await hashPassword(await newPassword(person.name)) });
    done(`${person.name} may sign in as ${person.role}`, person);
    return 0;
  }
  if (action === "role") {
    const person = { name: given(name, "a name"), role: roleFrom(given(word, "a role")) };
    users.setRole(person.name, person.role);
    done(`${person.name} is ${person.role} now`, person);
    return 0;
  }
  if (action === "password") {
    const person = users.require(given(name, "a name"));
    users.setHash(person.name, await hashPassword(await newPassword(person.name)));
    done(`${person.name} has a new password; open sessions are ended`, { name: person.name });
    return 0;
  }
  if (action === "remove") {
    users.remove(given(name, "a name"));
    done(`${name} is removed; open sessions are ended`, { name });
    return 0;
  }
  throw new RungError({
    code: "unknown-action",
    where: `rung user ${action ?? ""}`.trim(),
    what: "says nothing to do",
    advice: "use list, add, role, password or remove; see rung help user",
  });
}

function given(value: string | undefined, what: string): string {
  if (value !== undefined && value !== "") return value;
  throw new RungError({
    code: "missing-argument",
    where: "rung user",
    what: `needs ${what}`,
    advice: "see rung help user",
  });
}

async function newPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) return oneLine("rung user");
  const first = await askUnseen(`New password for ${name}: `, "rung user");
  if (first === (await askUnseen("Once more: ", "rung user"))) return first;
  throw new RungError({
    code: "passwords-differ",
    where: name,
    what: "the two passwords differ",
    advice: "try again",
  });
}
