import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePayload } from "../../runtime/describe/sparkplug/payload.ts";
import { writeWire } from "../../runtime/describe/sparkplug/wire-format.ts";
import { newFolder } from "../describe/opcua-test-server.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

function rung(
  args: string[],
  input: string | Uint8Array = "",
): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUNG, "sparkplug", ...args]);
    let out = "";
    let err = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, out, err }));
    child.stdin.end(input);
  });
}

describe("rung sparkplug decode", function () {
  this.timeout(20_000);
  const payload = encodePayload({
    timestampMs: 1_790_000_000_000,
    seq: 3,
    metrics: [
      { name: "level", alias: 1, timestampMs: 1_790_000_000_001, type: "Double", value: 21.5 },
      { name: "total", type: "UInt64", value: 18446744073709551615n },
      { name: "since", type: "DateTime", value: 0 },
      { name: "raw", type: "Bytes", value: new Uint8Array([0, 255]) },
      { name: "wave", type: "Int16Array", value: new Int16Array([-1, 2]) },
      { name: "gone", type: "Int32", value: null },
      { alias: 7, untyped: { intValue: 5 } },
    ],
  });
  const told = {
    timestamp: 1_790_000_000_000,
    seq: 3,
    metrics: [
      { name: "level", alias: 1, timestamp: 1_790_000_000_001, type: "Double", value: 21.5 },
      { name: "total", type: "UInt64", value: "18446744073709551615" },
      { name: "since", type: "DateTime", value: "1970-01-01T00:00:00.000Z" },
      { name: "raw", type: "Bytes", value: { base64: "AP8=" } },
      { name: "wave", type: "Int16Array", value: [-1, 2] },
      { name: "gone", type: "Int32", value: null },
      { alias: 7, untyped: { intValue: 5 } },
    ],
  };

  it("reads bytes, hexadecimal and base64 from a file and from stdin", async () => {
    const file = join(newFolder("cli"), "payload");
    writeFileSync(file, payload);
    const hex = Buffer.from(payload).toString("hex");
    for (const [args, input] of [
      [["decode", file], ""],
      [["decode", "-"], payload],
      [["decode", "-"], `${hex}\n`],
      [["decode", "-", "--as", "hex"], hex.replace(/(..)/g, "$1 ")],
      [["decode", "-"], Buffer.from(payload).toString("base64")],
    ] as const) {
      const { status, out, err } = await rung([...args], input);
      assert.deepEqual([status, err], [0, ""]);
      assert.deepEqual(JSON.parse(out), told);
    }
  });

  it("ends with 2 on bad input and says what is wrong", async () => {
    for (const [args, input, what] of [
      [["decode", "-"], payload.subarray(0, 20), /is cut off/],
      [["decode", "-"], "", /^-: is empty/],
      [["decode", "-", "--as", "hex"], "xyz", /^-: is no hexadecimal text/],
      [["decode", "-"], '{"value": 5}', /malformed|cut off|no Sparkplug B payload/],
      [["decode", "/no/such/file"], "", /^\/no\/such\/file: .*ENOENT/],
      [["encode", "-"], "", /expected decode <file\|->/],
      [["decode", "-", "--as", "text"], "", /--as is hex, base64 or binary, got text/],
    ] as const) {
      const { status, out, err } = await rung([...args], input);
      assert.deepEqual([status, out], [2, ""]);
      assert.match(err, what);
    }
    const json = await rung(["decode", "-", "--json"], "ff");
    assert.equal(json.status, 2);
    assert.equal(JSON.parse(json.out).errors[0].code, "malformed-payload");
  });

  it("prints what is right of a payload whose other metrics are wrong, and ends with 2", async () => {
    const wire = writeWire({
      metrics: [
        { name: "a", datatype: 3, intValue: 1 },
        { name: "b", datatype: 3, stringValue: "x" },
      ],
    });
    const { status, out } = await rung(["decode", "-"], wire);
    assert.equal(status, 2);
    const { metrics, errors } = JSON.parse(out);
    assert.deepEqual(metrics, [{ name: "a", type: "Int32", value: 1 }]);
    assert.match(errors[0].message, /^b: is a Int32 and comes as string_value/);
  });
});
