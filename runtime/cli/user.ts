import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { ROLES, roleFrom } from "../core/roles.ts";
import { EVERYWHERE, isEverywhere, scopesFrom, scopesText } from "../core/scopes.ts";
import { homeFolder, makeHome } from "../host/home.ts";
import { hashPassword } from "../host/password.ts";
import { UserList } from "../host/users.ts";
import { askUnseen, oneLine } from "./password-input.ts";

export const summary = "who may sign in: add, list, remove, role, scope, password";
export const usage = `
Usage: rung user list [--json]
       rung user add <name> --role <${ROLES.join("|")}> [--scope <address>]...
       rung user role <name> <role>
       rung user scope <name> <address>... | --everything
       rung user password <name>
       rung user remove <name>

A password is asked for on a terminal, otherwise read as one line from stdin. It needs no restart: what a person may
do changes with the next request. A scope is the address of a part of the plant, such as acme/leipzig/paint: who has
one sees and changes what lies there only; without one everything. A new password and a removal end that person's open sessions.

Options: --home <folder>   instead of RUNG_HOME
         --json            answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      role: { type: "string" },
      scope: { type: "string", multiple: true },
      everything: { type: "boolean", default: false },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [action, name, ...words] = positionals;
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  makeHome(home);
  const users = new UserList(home);
  const done = (text: string, facts: object) =>
    process.stdout.write(values.json ? `${JSON.stringify(facts)}\n` : `${text}\n`);

  if (action === "list") {
    const people = users.all().map(({ name, role, scopes, hash }) => ({
      name,
      role,
      scopes,
      hasPassword: hash !== null,
    }));
    done(
      people
        .map((p) => {
          const where = isEverywhere(p) ? "" : `  ${scopesText(p)}`;
          return `${p.name.padEnd(20)} ${p.role}${where}${p.hasPassword ? "" : "  (no password yet)"}`;
        })
        .join("\n") || "nobody yet: the first start makes admin",
      people,
    );
    return 0;
  }
  if (action === "add") {
    const role = roleFrom(given(values.role, "--role"));
    const scopes = values.scope === undefined ? EVERYWHERE : scopesFrom(values.scope);
    const person = { name: given(name, "a name"), role, scopes };
    // Refused before the password is asked for: typing it twice for a name that exists helps nobody.
    users.checkNew(person.name);
    users.add({ ...person, hash: await hashPassword(await newPassword(person.name)) });
    const where = isEverywhere(person) ? "" : ` for ${scopesText(person)}`;
    done(`${person.name} may sign in as ${person.role}${where}`, person);
    return 0;
  }
  if (action === "role") {
    const person = { name: given(name, "a name"), role: roleFrom(given(words[0], "a role")) };
    users.setRole(person.name, person.role);
    done(`${person.name} is ${person.role} now`, person);
    return 0;
  }
  if (action === "scope") {
    const person = { name: given(name, "a name"), scopes: wantedScopes(words, values.everything) };
    users.setScopes(person.name, person.scopes);
    done(`${person.name} sees and changes ${scopesText(person)} now`, person);
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
    advice: "use list, add, role, scope, password or remove; see rung help user",
  });
}

function wantedScopes(words: readonly string[], everything: boolean): readonly string[] {
  if (!everything) return scopesFrom(words);
  if (words.length === 0) return EVERYWHERE;
  throw new RungError({
    code: "bad-scope",
    where: words.join(", "),
    what: "is named beside --everything",
    advice: "give the one or the other",
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
