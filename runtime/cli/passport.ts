import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { wallTimeUs } from "../core/time.ts";
import { homeFolder } from "../host/home.ts";
import { passportPage } from "../host/passport/passport-page.ts";
import { passportText } from "../host/passport/passport-text.ts";
import { productVersion } from "../host/product-root.ts";
import { notKnown } from "../ladder/passport/not-known.ts";
import { isWhole, type Passport, passportOf } from "../ladder/passport/passport.ts";
import { analyse } from "../ladder/wiring.ts";
import { type InputError, readFlows } from "./flow-input.ts";
import { withHost } from "./host-session.ts";
import { commandLogin } from "./opcua-session.ts";
import { readArguments } from "./read-arguments.ts";

const WHERE = "rung passport";

export const summary = "what a twin is, what it holds, and what stands behind it";
export const usage = `
Usage: rung passport <twin> [--user <name> | --keyring <name>] [--json | --html] [--home <folder>]
       rung passport <twin> --flows <file or folder>... [--json | --html]
       rung passport --verify <file> [--json]

The twin is given by address or name. The first asks the Rung that runs with this home, signed in as a person (without
--user as admin); the password is asked for on a terminal, otherwise read as one line from stdin or taken from
RUNG_PASSWORD. The second reads flow files and starts nothing: class and wired rung, and what it holds is not measured.
The third says whether the JSON of a passport is as it was issued.

  --json            the passport as JSON; docs/ladder.md, Passport
  --html            the page to print
  --keyring <name>  name and password from keyring/<name>.json of the home
  --home <folder>   instead of RUNG_HOME

Exit status: 0 printed, or whole; 1 no such twin, or changed since it was issued; 2 bad input, no Rung runs there, or the
sign-in was refused.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      user: { type: "string" },
      keyring: { type: "string" },
      flows: { type: "string", multiple: true },
      verify: { type: "string" },
      json: { type: "boolean", default: false },
      html: { type: "boolean", default: false },
      home: { type: "string" },
    },
  });
type Values = ReturnType<typeof parse>["values"];

/** A twin that nobody knows: the answer is no, the input is right. */
class UnknownTwin extends RungError {}

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  if (values.json && values.html) throw fault("--json and --html exclude each other");
  if (values.verify !== undefined) {
    if (positionals.length > 0) throw fault("--verify names no twin: the file does");
    return verify(values.verify, values.json);
  }
  const [twin, ...more] = positionals;
  if (twin === undefined) throw fault("names no twin");
  // A shell spreads `--flows flows/*.json` into further words.
  if (more.length > 0 && values.flows === undefined) throw fault("names more than one twin");
  try {
    const passport =
      values.flows === undefined ? await ofRunning(twin, values) : ofFiles(twin, [...values.flows, ...more]);
    process.stdout.write(inShape(passport, values));
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof UnknownTwin)) throw thrown;
    if (values.json) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 1;
  }
}

function inShape(passport: Passport, { json, html }: Values): string {
  if (json) return `${JSON.stringify(passport, null, 2)}\n`;
  return html ? passportPage(passport) : passportText(passport);
}

/** Asks the Rung that runs, as a person. */
async function ofRunning(twin: string, values: Values): Promise<Passport> {
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const { keyring, user = keyring === undefined ? "admin" : undefined } = values;
  const login = async () => (await commandLogin({ user, keyring }, home, WHERE, "RUNG_PASSWORD"))!;
  return withHost(home, login, WHERE, async (session) => {
    const read = async <T>(path: string): Promise<T> => {
      const response = await session.get(path);
      if (response.ok) return (await response.json()) as T;
      const what = `the host refused it with ${response.status}: ${await response.text()}`;
      throw new RungError({ code: "host-refused", where: path, what });
    };
    const { twins } = await read<{ twins: { address: string; name: string }[] }>("/editor/rung/ladder");
    const path = meant(twins, twin).split("/").map(encodeURIComponent).join("/");
    return read<Passport>(`/editor/rung/passport/${path}`);
  });
}

function ofFiles(twin: string, paths: readonly string[]): Passport {
  const errors: InputError[] = [];
  const { flow } = readFlows(paths, errors);
  const [first] = errors;
  if (first !== undefined) throw fault(`${first.file}: ${first.message}`);
  const { twins, unguardedOutputs } = analyse(flow);
  return passportOf({
    twin: meant(twins, twin),
    twins,
    unguardedOutputs,
    flow,
    product: productVersion(),
    nowUs: wallTimeUs(),
    measured: notKnown("read off flow files, nothing runs"),
  })!;
}

/** The address of the twin that is meant. @throws UnknownTwin; RungError `ambiguous-twin` */
function meant(twins: readonly { address: string; name: string }[], twin: string): string {
  const byAddress = twins.find(({ address }) => address === twin);
  if (byAddress !== undefined) return byAddress.address;
  const named = twins.filter(({ name }) => name === twin);
  if (named.length === 1) return named[0]!.address;
  const known = twins.map(({ address }) => address).join(", ");
  if (named.length > 1) {
    const what = `is the name of ${named.length} twins`;
    throw new RungError({ code: "ambiguous-twin", where: twin, what, advice: `give the address: ${known}` });
  }
  throw new UnknownTwin({
    code: "unknown-twin",
    where: twin,
    what: "is no twin of the flow",
    advice: known === "" ? "it has none" : `known are ${known}`,
  });
}

function verify(file: string, asJson: boolean): number {
  const passport = readArguments(
    () => JSON.parse(readFileSync(file, "utf8")) as Partial<Passport> | null,
    (what) => fault(`${file}: ${what}`),
  );
  const address = passport?.twin?.address;
  if (passport?.kind !== "rung-passport" || passport.version !== 1 || address === undefined)
    throw fault(`${file}: is no passport of version 1`);
  const whole = isWhole(passport);
  const text = whole
    ? `whole: the passport of ${address} is as it was issued, ${passport.hash}`
    : `changed: what the passport of ${address} says is not what was issued`;
  process.stdout.write(`${asJson ? JSON.stringify({ whole, twin: address, hash: passport.hash }) : text}\n`);
  return whole ? 0 : 1;
}

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: WHERE, what, advice: "see rung help passport" });
