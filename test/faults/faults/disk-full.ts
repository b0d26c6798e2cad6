import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../fault.ts";
import { pause, Rig } from "../rig.ts";

const SIZE = "24m";
let mayMount: boolean | undefined;

function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "to mount a tmpfs needs root";
  if (mayMount === undefined) {
    const folder = join("/tmp", `rung-fault-mount-${process.pid}`);
    mkdirSync(folder);
    mayMount = mount(folder);
    if (mayMount) unmount(folder);
    rmSync(folder, { recursive: true });
  }
  return mayMount ? undefined : "this root may not mount a tmpfs (a container without the capability)";
}

const mount = (folder: string): boolean =>
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=0700`, "tmpfs", folder]).status === 0;
/** Lazily: the database library may hold a file of its reader a little longer. */
const unmount = (folder: string): boolean => spawnSync("umount", ["--lazy", folder]).status === 0;

/** Takes all that is left of a disk. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) writeSync(handle, block);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOSPC") throw thrown;
  } finally {
    closeSync(handle);
  }
}

/** Spool, gap ledger and history lie on one disk that is full for a while. */
const diskFull: Fault = {
  name: "disk full",
  missing,
  async run(context) {
    const rig = await Rig.opcua(context);
    const disk = join(rig.home, "history");
    mkdirSync(disk, { recursive: true, mode: 0o700 });
    assert.ok(mount(disk));
    context.atEnd(() => unmount(disk));
    await rig.start();
    for (let time = 0; time < (context.isShort ? 1 : 3); time++) {
      await pause(context.random.integer(1000));
      fill(join(disk, "ballast"));
      await rig.until((view) => view.trouble !== undefined, "the full disk to be noticed");
      await pause(context.isShort ? 2000 : 5000);
      rmSync(join(disk, "ballast"));
      await rig.until((view) => view.trouble === undefined, "the disk to be used again");
      await rig.flowing();
    }
    return rig.finish();
  },
};

export const DISK_FAULTS: readonly Fault[] = [diskFull];
