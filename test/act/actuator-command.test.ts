import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actuatorNodeArguments, anchorFileOf } from "../../runtime/act/actuator-command.ts";
import { HOST_NODE_ARGUMENTS } from "../../runtime/host/host-node-arguments.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../deploy/systemd/${name}`, import.meta.url), "utf8");

/** The settings of a unit, each with all its values; a line that ends in a backslash goes on. */
function unit(name: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of read(name)
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) settings.set(key, [...(settings.get(key) ?? []), value!]);
  }
  return settings;
}

describe("the command of the actuator, and the units for systemd", () => {
  const actuator = unit("rung-actuator.service");
  const host = unit("rung-host.service");
  const environment = (of: Map<string, string[]>) =>
    Object.fromEntries(
      of.get("Environment")!.flatMap((line) => line.split(" ").map((one) => one.split("="))),
    );

  it("start the actuator with the arguments that the launcher gives it", () => {
    const [node, ...args] = actuator.get("ExecStart")![0]!.split(/\s+/);
    assert.equal(node, "/opt/rung/node_modules/node/bin/node");
    assert.deepEqual(args, [
      ...actuatorNodeArguments(
        { directory: "/var/lib/rung-act", run: "/run/rung" },
        { runtime: "/opt/rung/dist/runtime", packages: ["/opt/rung/node_modules"] },
      ),
      "/opt/rung/dist/runtime/act/actuator-main.js",
    ]);
  });

  it("start the host with the arguments that the launcher gives it", () => {
    const [, ...args] = host.get("ExecStart")![0]!.split(/\s+/);
    assert.deepEqual(args, [...HOST_NODE_ARGUMENTS, "/opt/rung/dist/runtime/host/host-main.js"]);
  });

  it("leave a place for the file that the audit is anchored to", () => {
    const directory = mkdtempSync(join(tmpdir(), "rung-anchor-"));
    assert.equal(anchorFileOf(directory), undefined);
    writeFileSync(
      join(directory, "settings.json"),
      JSON.stringify({ audit: { anchorFile: "/mnt/worm/anchor" } }),
    );
    const anchor = anchorFileOf(directory);
    const args = actuatorNodeArguments({ directory, run: "/run/rung", anchor });
    assert.deepEqual(
      args.filter((one) => one.includes("worm")),
      ["--allow-fs-read=/mnt/worm/anchor", "--allow-fs-write=/mnt/worm/anchor"],
    );
    rmSync(directory, { recursive: true });
  });

  it("separate two users that share one folder", () => {
    assert.deepEqual([host.get("User"), actuator.get("User")], [["rung"], ["rung-act"]]);
    assert.deepEqual(
      [host.get("StateDirectoryMode"), actuator.get("StateDirectoryMode")],
      [["0700"], ["0700"]],
    );
    assert.equal(environment(host).RUNG_ACT_HOME, undefined);
    const { RUNG_HOME, RUNG_RUN, RUNG_ACT_HOME } = environment(actuator);
    assert.deepEqual(
      [environment(host).RUNG_HOME, environment(host).RUNG_RUN, RUNG_ACT_HOME],
      [RUNG_HOME, RUNG_RUN, "/var/lib/rung-act"],
    );
    assert.match(read("rung.tmpfiles.conf"), new RegExp(`^d ${RUNG_RUN} 3770 rung-act rung -$`, "m"));
    for (const name of ["rung", "rung-act"])
      assert.match(read("rung.sysusers.conf"), new RegExp(`^u ${name} `, "m"));
  });

  it("give neither any right beyond its own, and hide from the actuator nothing it measures by", () => {
    for (const one of [host, actuator]) {
      assert.deepEqual(one.get("NoNewPrivileges"), ["yes"]);
      assert.deepEqual(one.get("CapabilityBoundingSet"), [""]);
      assert.deepEqual(one.get("ProtectSystem"), ["strict"]);
      assert.deepEqual(one.get("LimitCORE"), ["0"]);
      assert.deepEqual(one.get("ReadWritePaths"), ["/run/rung"]);
    }
    for (const hiding of ["ProtectProc", "ProcSubset", "PrivateUsers"])
      assert.equal(actuator.get(hiding), undefined);
    assert.deepEqual(host.get("ProtectProc"), ["invisible"]);
  });
});
