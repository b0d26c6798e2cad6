import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gapTable } from "../../runtime/cli/gap-table.ts";
import type { GapEntry } from "../../runtime/describe/gap-entry.ts";
import { GapLedger } from "../../runtime/describe/gap-ledger.ts";
import { Folder } from "../describe/spool/spool-fixture.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const LEDGER = pathToFileURL(fileURLToPath(new URL("../../runtime/describe/gap-ledger.ts", import.meta.url)));
const T0 = Date.UTC(2026, 8, 21, 12) * 1000;
const AIR = "acme/leipzig/paint/oven1/zone3/airTemperature";

describe("rung gaps", function () {
  this.timeout(30_000);
  let folder: Folder;
  let sync: string;
  before(() => {
    folder = new Folder();
    sync = join(folder.path, "history", "rung.duckdb.sync");
    const ledger = new GapLedger(join(sync, "gaps.sqlite"));
    ledger.note({ source: "opcua:l:n", cause: "connection-lost", fromUs: T0, toUs: T0 + 4e6 });
    const { id } = ledger.note({
      source: "opcua:l:n",
      cause: "queue-overflow",
      fromUs: T0 + 60e6,
      toUs: T0 + 61.5e6,
      addresses: [AIR, `${AIR}Setpoint`],
      expected: 30,
    });
    ledger.backfill(id, { fromUs: T0, toUs: T0 + 70e6, samples: 30 });
    ledger.note({
      source: "mqtt:l:n",
      cause: "silent",
      fromUs: T0 + 90e6,
      toUs: T0 + 91e6,
      addresses: [AIR],
    });
    ledger.close();
  });
  after(() => folder.end());

  const rung = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [RUNG, "gaps", ...args], {
      encoding: "utf8",
      env: { ...process.env, RUNG_HOME: folder.path },
    });
    return { status, stdout, stderr };
  };

  it("lists the ledger as a table, the newest first, and leaves no file behind", () => {
    assert.deepEqual(rung(), {
      status: 0,
      stderr: "",
      stdout: [
        "from                      to                        state   filled        cause                                    source     tags",
        `2026-09-21T12:01:30.000Z  2026-09-21T12:01:31.000Z  open    0 of unknown  nothing came although connected          mqtt:l:n   ${AIR}`,
        `2026-09-21T12:01:00.000Z  2026-09-21T12:01:01.500Z  filled  30 of 30      the plant's server could not queue more  opcua:l:n  2 tags, the first ${AIR}`,
        "2026-09-21T12:00:00.000Z  2026-09-21T12:00:04.000Z  open    0 of unknown  the connection was lost                  opcua:l:n  all tags",
        "2 open, 1 filled",
        "",
      ].join("\n"),
    });
    assert.deepEqual(readdirSync(sync), ["gaps.sqlite"]);
  });

  it("chooses by source, tag, time and state, and says by its status whether one is open", () => {
    const listed = (...args: string[]) => {
      const { status, stdout } = rung("--json", ...args);
      return [status, (JSON.parse(stdout) as GapEntry[]).map(({ cause }) => cause)];
    };
    const history = join(folder.path, "history", "rung.duckdb");
    assert.deepEqual(listed("--source", "opcua:l:n"), [0, ["queue-overflow", "connection-lost"]]);
    assert.deepEqual(listed("--address", AIR, "--file", history), [
      0,
      ["silent", "queue-overflow", "connection-lost"],
    ]);
    assert.deepEqual(listed("--from", "2026-09-21T12:01Z", "--to", "2026-09-21T12:01:20Z", "--strict"), [
      0,
      ["queue-overflow"],
    ]);
    assert.deepEqual(listed("--open", "--strict", "--file", join(sync, "gaps.sqlite")), [
      1,
      ["silent", "connection-lost"],
    ]);
    assert.deepEqual(rung("--source", "nobody").stdout, "no gaps: nothing is missing\n");
    assert.equal(JSON.parse(rung("--json", "--open").stdout)[1].from, "2026-09-21T12:00:00.000Z");
  });

  it("reads while another process writes, and after that was killed", async () => {
    const file = join(folder.path, "other.sync", "gaps.sqlite");
    const writer = join(folder.path, "writer.mts");
    writeFileSync(
      writer,
      `import { GapLedger } from ${JSON.stringify(LEDGER.href)};
       const ledger = new GapLedger(${JSON.stringify(file)});
       let n = 0;
       const note = () => ledger.note({ source: "s", cause: "silent", fromUs: n++ * 100, toUs: n * 100 - 50 });
       for (let i = 0; i < 50; i++) note();
       console.log("fifty");
       setInterval(note, 1);`,
    );
    const child = spawn(process.execPath, [writer], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      const seen = [0, 1].map(() => JSON.parse(rung("--json", "--file", file).stdout).length as number);
      assert.ok(50 <= seen[0]! && seen[0]! < seen[1]!, `${seen[0]}, then ${seen[1]}`);
      child.kill("SIGKILL");
      await once(child, "exit");
      const after = JSON.parse(rung("--json", "--file", file).stdout).length as number;
      assert.ok(after >= seen[1]!);
      const ledger = new GapLedger(file);
      assert.equal(ledger.query({ limit: 1e6 }).length, after);
      ledger.close();
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("names what is wrong with the question", () => {
    const wrong = (...args: string[]) => {
      const { status, stderr } = rung(...args);
      assert.equal(status, 2);
      return stderr;
    };
    assert.match(wrong("--file", join(folder.path, "no.duckdb")), /no\.duckdb: has no gap ledger/);
    assert.match(wrong("--from", "yesterday"), /--from "yesterday" is no time/);
    assert.match(wrong("--from", "3", "--to", "2"), /--from 3 lies after --to 2/);
    assert.match(wrong("--address", "no//address"), /no\/\/address/);
    assert.match(wrong("--what"), /rung gaps: .*--what/);
    const text = join(folder.path, "text.txt");
    writeFileSync(text, "no database");
    assert.match(wrong("--file", text), /text\.txt: file is not a database/);
  });

  it("shows apart what the server lacks too", () => {
    const common = { source: "s", cause: "silent", fromUs: 0, toUs: 1, state: "closed", notedUs: 0 } as const;
    const table = gapTable([
      { ...common, id: 1, expected: 38, backfilled: 30, missing: 8 },
      { ...common, id: 2, expected: 38, backfilled: 38 },
    ]);
    assert.match(table, / {2}missing {2}30 of 38, 8 not at the server {2}nothing came/);
    assert.match(table, / {2}filled {3}38 of 38 +nothing came/);
    assert.match(table, /\n0 open, 1 filled, 1 missing at the server too\n$/);
  });

  it("shows a cause of a newer version as it stands", () => {
    const entry = {
      id: 1,
      source: "s",
      cause: "of-tomorrow",
      fromUs: 0,
      toUs: 1,
      backfilled: 0,
      state: "open",
    };
    assert.match(
      gapTable([{ ...entry, notedUs: 0 } as unknown as GapEntry]),
      / {2}of-tomorrow {2}s {7}all tags/,
    );
  });
});
