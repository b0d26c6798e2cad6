import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { decodePayload } from "../describe/sparkplug/payload.ts";
import { sparkplugJson } from "../describe/sparkplug/payload-json.ts";
import { WIRE_BOUNDS } from "../describe/sparkplug/wire-format.ts";

export const summary = "take a Sparkplug B payload apart";
export const usage = `rung sparkplug decode <file|-> [--as hex|base64|binary]

Prints a Sparkplug B payload as JSON. The file, or stdin for -, holds its bytes, or their hexadecimal or base64 text,
which is found out unless --as says it. 64-bit integers beyond 2^53 and bytes are told as text; times as ISO 8601 where
they are values, and as milliseconds since 1970 where they are timestamps. A metric without a datatype, as data messages
send it, shows the field it came in.

Exit: 0 decoded, 2 the input is no Sparkplug B payload, or one of its metrics is wrong (named in "errors").`;

type Form = "hex" | "base64" | "binary";

/** @param args what follows `rung sparkplug` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  try {
    const { file, form } = options(args.filter((arg) => arg !== "--json"));
    const payload = decodePayload(bytesOf(await contentOf(file), form, file));
    process.stdout.write(`${JSON.stringify(sparkplugJson(payload), null, 2)}\n`);
    return payload.problems.length > 0 ? 2 : 0;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (args.includes("--json")) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

function options(args: string[]): { file: string; form: Form | undefined } {
  const fault = (what: string): never => {
    throw new RungError({
      code: "usage",
      where: "rung sparkplug",
      what,
      advice: "see rung help sparkplug",
    });
  };
  const parse = () => parseArgs({ args, allowPositionals: true, options: { as: { type: "string" } } });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (thrown) {
    return fault(messageOf(thrown));
  }
  const [verb, file, ...rest] = parsed.positionals;
  if (verb !== "decode" || file === undefined || rest.length > 0) return fault("expected decode <file|->");
  const form = parsed.values.as;
  if (form !== undefined && form !== "hex" && form !== "base64" && form !== "binary") {
    return fault(`--as is hex, base64 or binary, got ${form}`);
  }
  return { file, form };
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    if (file !== "-") return await readFile(file);
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of process.stdin) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      // As hexadecimal text a payload is twice as long, with blanks between three times.
      if (length > 3 * WIRE_BOUNDS.payload) break;
    }
    return Buffer.concat(parts);
  } catch (thrown) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(thrown), cause: thrown });
  }
}

/** A payload begins with a control character: the key of its first field. Text that holds none is no such. */
function bytesOf(content: Buffer, form: Form | undefined, where: string): Uint8Array {
  const text = content.toString("latin1");
  const hex = text.replace(/^\s*0x|[\s:]/g, "");
  const base64 = text.replace(/\s/g, "");
  const isHex = hex.length % 2 === 0 && /^[0-9a-f]*$/i.test(hex);
  const isBase64 = /^[A-Za-z0-9+/_-]*={0,2}$/.test(base64) && base64.replace(/=/g, "").length % 4 !== 1;
  const fault = (what: string): never => {
    throw new RungError({ code: "malformed-payload", where, what, advice: "see rung help sparkplug" });
  };
  if (content.length === 0) return fault("is empty");
  if (form === "hex" && !isHex) return fault("is no hexadecimal text");
  if (form === "base64" && !isBase64) return fault("is no base64 text");
  if (form === "hex" || (form === undefined && isHex)) return new Uint8Array(Buffer.from(hex, "hex"));
  if (form === "base64" || (form === undefined && isBase64))
    return new Uint8Array(Buffer.from(base64, "base64"));
  return new Uint8Array(content);
}
