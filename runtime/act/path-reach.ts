import { existsSync, lstatSync, readdirSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Somebody as the file system knows them. */
export interface Identity {
  readonly uids: readonly number[];
  readonly gids: readonly number[];
}

export type FileFacts = Pick<Stats, "uid" | "gid" | "mode">;

/** The root by way of /proc: the actuator's permission to read names few folders, and those above are judged too. */
const ROOT = existsSync("/proc/self/root") ? "/proc/self/root" : "/";

/** How the kernel is asked about a path, links not followed; undefined where it is not there, or may not be seen. */
export function fileFacts(path: string): FileFacts | undefined {
  try {
    return lstatSync(join(ROOT, path));
  } catch (thrown) {
    if (["ENOENT", "EACCES", "ENOTDIR"].includes((thrown as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw thrown;
  }
}

const STICKY = 0o1000;
const KIND = 0o170000;
const LINK = 0o120000;

/**
 * Which folder on the way to a path somebody could change, so that another file stands there tomorrow. A folder they
 * own counts, whatever its mode, since its owner changes that; a sticky one counts only where what lies in it is theirs.
 * @returns sentence parts; what cannot be judged is one: a path that cannot be seen whole, or leads over a link
 */
export function changeableBy(
  who: Identity,
  path: string,
  ask: (path: string) => FileFacts | undefined = fileFacts,
): string[] {
  const found: string[] = [];
  const way = resolve(path);
  for (let child = way; child !== dirname(child); child = dirname(child)) {
    const inside = ask(child);
    const folder = ask(dirname(child));
    if (inside === undefined || folder === undefined) found.push(`${child} cannot be seen`);
    else if (isLink(inside)) found.push(`${child} is a link; name what it leads to`);
    else if (owns(who, inside)) found.push(`${child} belongs to it`);
    else if (mayWrite(who, folder) && ((folder.mode & STICKY) === 0 || owns(who, folder)))
      found.push(`${dirname(child)} can be written by it`);
  }
  const last = ask(way);
  if (last !== undefined && mayWrite(who, last)) found.push(`${way} can be written by it`);
  return found;
}

/** What of all that lies in a folder, of its subfolders too if asked, somebody could change. */
export function changeableWithin(who: Identity, folder: string, subfolders: boolean): string[] {
  return readdirSync(folder, { recursive: subfolders, encoding: "utf8" }).flatMap((name) => {
    const facts = fileFacts(join(folder, name));
    return facts !== undefined && mayWrite(who, facts) ? [`${join(folder, name)} can be written by it`] : [];
  });
}

const owns = ({ uids }: Identity, { uid }: FileFacts): boolean => uids.includes(uid);

const isLink = ({ mode }: FileFacts): boolean => (mode & KIND) === LINK;

function mayWrite(who: Identity, facts: FileFacts): boolean {
  if (owns(who, facts)) return true;
  // A link has all bits set and is changed by nobody but through its folder.
  if (isLink(facts)) return false;
  return (facts.mode & 0o002) !== 0 || (who.gids.includes(facts.gid) && (facts.mode & 0o020) !== 0);
}
