import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readBindingCsv, writeBindingCsv } from "../../runtime/describe/binding-csv.ts";
import { type LargeServer, startLargeServer } from "../describe/opcua-large-server.ts";
import { newFolder } from "../describe/opcua-test-server.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const PLAIN = ["--security", "None"];

describe("rung tags", function () {
  this.timeout(60_000);
  let server: LargeServer;
  let home: string;
  before(async () => {
    home = newFolder("home");
    server = await startLargeServer({ pki: newFolder("tags-pki"), lines: 2, cells: 2, tags: 4 });
  });
  after(() => server?.stop());

  function tags(
    args: string[],
    input = "",
    env: Record<string, string> = {},
  ): Promise<{ status: number | null; out: string; err: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [RUNG, "tags", server.endpoint, ...args, "--home", home], {
        env: { ...process.env, ...env },
      });
      let out = "";
      let err = "";
      child.stdout.on("data", (text) => {
        out += text;
      });
      child.stderr.on("data", (text) => {
        err += text;
      });
      child.once("close", (status) => resolve({ status, out, err }));
      child.stdin.end(input);
    });
  }

  it("lists what a search finds, with values where asked", async () => {
    const { status, out, err } = await tags([...PLAIN, "--search", "line2 cell1", "--values"]);
    assert.deepEqual([status, err], [0, ""]);
    assert.deepEqual(out.replaceAll(/\S+Z$/gm, "<time>").split("\n"), [
      "Works/Line2/Cell1/Temperature1  ns=1;s=Line2.Cell1.Temperature1  Double  °C  read         1  good  <time>",
      "Works/Line2/Cell1/Count2        ns=1;i=100009                    UInt32      read, write  2  good  <time>",
      "Works/Line2/Cell1/Temperature3  ns=1;s=Line2.Cell1.Temperature3  Double  °C  read         3  good  <time>",
      "Works/Line2/Cell1/Count4        ns=1;i=100011                    UInt32      read, write  4  good  <time>",
      "",
    ]);
  });

  it("answers as JSON, bounded, and tells how far it got", async () => {
    const { status, out, err } = await tags([...PLAIN, "--max", "3", "--under", "ns=1;s=Line1", "--json"]);
    assert.equal(status, 0);
    assert.match(err, /^stopped at the greatest number of tags: 3 nodes looked at, 8 left, 3 tags found\n$/);
    const answer = JSON.parse(out);
    assert.deepEqual(answer.progress, {
      visited: 3,
      waiting: 8,
      found: 3,
      refused: 0,
      depth: 1,
      ended: "most-tags",
    });
    assert.deepEqual(answer.tags[0], {
      nodeId: "ns=1;s=Line1.Cell1.Temperature1",
      browseName: "Temperature1",
      displayName: "Temperature1",
      path: "Works/Line1/Cell1/Temperature1",
      description: "sensor 0 of Line1.Cell1",
      dataType: "Double",
      unit: "°C",
      unitText: "°C",
      access: ["read"],
    });
  });

  it("writes a binding table by rules, and names the tags that fit none", async () => {
    const rules = join(home, "rules.csv");
    writeFileSync(
      rules,
      "pattern,path,unit,kind,periodMs\nLine1/Cell(\\d+)/Temperature(\\d+),cell$1/temperature$2,K,,1000\nLine1/Cell(\\d)/Count(?<n>\\d),cell$1/count$<n>,,parameter,\n",
    );
    const { status, out, err } = await tags([
      ...PLAIN,
      "--rules",
      rules,
      "--csv",
      "--twin",
      "acme/leipzig/paint/line1",
    ]);
    assert.deepEqual([status, err], [0, "8 of 16 tags fit no rule\n"]);
    const { rows, problems } = readBindingCsv(out, "out.csv");
    assert.deepEqual(problems, []);
    assert.equal(writeBindingCsv(rows), out);
    assert.deepEqual(rows.slice(0, 2), [
      {
        nodeId: "ns=1;s=Line1.Cell1.Temperature1",
        path: "cell1/temperature1",
        unit: "K",
        plantUnit: "°C",
        kind: "measurement",
        type: "number",
        periodMs: 1000,
        label: "",
      },
      {
        nodeId: "ns=1;i=100001",
        path: "cell1/count2",
        unit: "",
        plantUnit: "",
        kind: "parameter",
        type: "integer",
        periodMs: 0,
        label: "",
      },
    ]);
  });

  it("ends with 1 where rows are in conflict, each named", async () => {
    const rules = join(home, "conflict.csv");
    writeFileSync(
      rules,
      "pattern,path,unit\nCell1/Temperature(\\d),t$1,bar\nCell2/Temperature1,bad//path,\n",
    );
    const { status, out, err } = await tags([...PLAIN, "--rules", rules, "--under", "ns=1;s=Line1"]);
    assert.equal(status, 1);
    assert.equal(
      out,
      "ns=1;s=Line1.Cell1.Temperature1 -> t1\nns=1;s=Line1.Cell1.Temperature3 -> t3\nns=1;s=Line1.Cell2.Temperature1 -> bad//path\n",
    );
    assert.deepEqual(err.split("\n"), [
      "row 1: t1: °C cannot be told in bar (correct the unit of the property or of the port)",
      "row 2: t3: °C cannot be told in bar (correct the unit of the property or of the port)",
      'row 3, ns=1;s=Line1.Cell2.Temperature1: "bad//path" is no address (write the property\'s path below the twin, such as zone3/airTemperature)',
      "5 of 8 tags fit no rule",
      "",
    ]);
  });

  it("trusts no stranger, takes the one that is named, and a password from environment or stdin", async () => {
    const stranger = await tags([]);
    assert.equal(stranger.status, 2);
    const fingerprint = /add --trust ([0-9A-F]{40})\)\n$/.exec(stranger.err)?.[1];
    assert.ok(fingerprint, stranger.err);
    const other = await tags(["--trust", "00".repeat(20)]);
    assert.equal(other.status, 2);
    assert.match(other.err, /no server with fingerprint 0000/);
    const anna = ["--user", "anna", "--max", "1", "--json"];
    const trusted = await tags(["--trust", fingerprint, ...anna], "", { RUNG_OPCUA_PASSWORD: "right" });
    assert.equal(trusted.status, 0, trusted.err);
    const again = await tags(anna, "right\n");
    assert.equal(again.status, 0, again.err);
    const wrong = await tags(anna, "wrong\n");
    assert.equal(wrong.status, 2);
    assert.match(JSON.parse(wrong.out).errors[0].message, /the server refused the login/);
  });

  it("ends with 2 on bad input, before it asks the server", async () => {
    const fails = async (args: string[], message: RegExp) => {
      const { status, err } = await tags(args);
      assert.deepEqual([status, message.test(err)], [2, true], err);
    };
    const rules = join(home, "wrong.csv");
    writeFileSync(rules, "pattern,path\n(a),x$2\n");
    await fails(["--max", "none"], /--max must be a whole number/);
    await fails(["--rules", rules], /rule 1: its path names \$2/);
    await fails(["--csv", "--values"], /--values does not go with --csv/);
    await fails([...PLAIN, "--search", "/(/"], /Invalid regular expression/);
  });
});
