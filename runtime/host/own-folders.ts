import { chmodSync, lchownSync, lstatSync, mkdirSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { changeableBy } from "../act/path-reach.ts";
import { RungError } from "../core/errors.ts";
import { asUser, type ProcessUser, type ProcessUsers } from "./process-user.ts";

export interface OwnFolders {
  readonly home: string;
  readonly actuator: string;
  readonly run: string;
}

/** Written by both, each file gone only by its owner's hand or the actuator's; a new file belongs to the host's group. */
const SHARED = 0o3770;

/**
 * Opens the folders of a launcher that is root: RUNG_HOME to the host alone, RUNG_ACT_HOME to the actuator alone, and
 * RUNG_RUN, which belongs to the actuator, to the host's group as well. One that is there must be its user's already.
 * @throws RungError `bad-folder`
 */
export function openFolders(folders: OwnFolders, { host, actuator }: ProcessUsers): void {
  const all = Object.values(folders).map((folder) => resolve(folder));
  for (const folder of all) {
    const around = all.find((other) => folder !== other && folder.startsWith(other + sep));
    if (around !== undefined) throw badFolder(folder, `lies in ${around}`, "put them side by side");
  }
  if (new Set(all).size < all.length)
    throw badFolder(folders.run, "is named twice", "give each its own folder");
  // Its user works there with root looking on: nobody else may put another folder in its place.
  const hosts = { uids: [host.uid], gids: [host.gid] };
  for (const folder of [folders.actuator, folders.run]) {
    const [above] = changeableBy(hosts, nearestThere(dirname(resolve(folder))));
    if (above !== undefined)
      throw badFolder(folder, `the host's user could exchange it: ${above}`, "put it elsewhere");
  }
  openFolder(folders.home, host, 0o700);
  openFolder(folders.actuator, actuator, 0o700);
  openFolder(folders.run, { uid: actuator.uid, gid: host.gid }, SHARED);
}

/** What of a path is there already; root makes the rest. */
function nearestThere(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? nearestThere(dirname(path)) : path;
}

function openFolder(folder: string, { uid, gid }: ProcessUser, mode: number): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
    mkdirSync(folder, { mode: 0o700 });
    // Not through a link, should the folder above be somebody's.
    lchownSync(folder, uid, gid);
  } else if (!found.isDirectory() || found.uid !== uid) {
    const what = found.isDirectory() ? `belongs to user ${found.uid}, not ${uid}` : "is no folder";
    throw badFolder(folder, what, `look at what it holds; then chown -R ${uid}:${gid} ${folder}`);
  } else if (found.gid !== gid) {
    lchownSync(folder, uid, gid);
  }
  // As its owner, in the group that the mode is for: another's would lose the setgid bit.
  asUser({ uid, gid }, () => chmodSync(folder, mode));
}

const badFolder = (where: string, what: string, advice: string): RungError =>
  new RungError({ code: "bad-folder", where, what, advice });
