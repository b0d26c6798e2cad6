import { readFileSync } from "node:fs";
import { RungError } from "../core/errors.ts";

/** A user of the operating system and its group. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

/** Who the processes run as, where the launcher is root and gives each a user of its own. */
export interface ProcessUsers {
  readonly host: ProcessUser;
  /** The virtual plant's too: it knows the actuator's login. */
  readonly actuator: ProcessUser;
}

const HOST = "RUNG_HOST_USER";
const ACTUATOR = "RUNG_ACT_USER";
/** The folders of two users: neither may lie in what the other could exchange. */
const NAMED = ["RUNG_HOME", "RUNG_ACT_HOME", "RUNG_RUN"];

/**
 * The users in RUNG_HOST_USER and RUNG_ACT_USER: names of /etc/passwd, or `uid` or `uid:gid`.
 * @returns undefined where neither is given: all processes run as the launcher does
 * @throws RungError `bad-user` for anything that would not separate them
 */
export function processUsers(
  environment: NodeJS.ProcessEnv,
  own: number | undefined = process.getuid?.(),
  passwd: () => string = () => readFileSync("/etc/passwd", "utf8"),
): ProcessUsers | undefined {
  const given = [HOST, ACTUATOR].filter((name) => environment[name]);
  if (given.length === 0) return undefined;
  const wrong = (where: string, what: string, advice: string) =>
    new RungError({ code: "bad-user", where, what, advice });
  if (given.length === 1) {
    throw wrong(given[0]!, "stands alone", `name both ${HOST} and ${ACTUATOR}, or neither`);
  }
  if (own !== 0) {
    throw wrong(
      HOST,
      "needs a launcher that runs as root",
      "start it as root, or by the units of deploy/systemd",
    );
  }
  for (const name of NAMED) {
    if (!environment[name]) {
      throw wrong(name, "is not given", "with two users each folder is named: see docs/operating.md");
    }
  }
  const [host, actuator] = [HOST, ACTUATOR].map((name) => userFrom(name, environment[name]!, passwd));
  for (const [name, { uid }] of [[HOST, host!] as const, [ACTUATOR, actuator!] as const]) {
    if (uid === 0) throw wrong(name, "is root", "name a user without rights of its own");
  }
  if (host!.uid === actuator!.uid) {
    throw wrong(ACTUATOR, "is the host's user", "give the actuator a user of its own");
  }
  return { host: host!, actuator: actuator! };
}

function userFrom(where: string, text: string, passwd: () => string): ProcessUser {
  const numbers = /^(\d+)(?::(\d+))?$/.exec(text);
  if (numbers !== null) return { uid: Number(numbers[1]), gid: Number(numbers[2] ?? numbers[1]) };
  const line = passwd()
    .split("\n")
    .map((entry) => entry.split(":"))
    .find(([name]) => name === text);
  const [uid, gid] = [Number(line?.[2] || Number.NaN), Number(line?.[3] || Number.NaN)];
  if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  throw new RungError({
    code: "bad-user",
    where,
    what: `${JSON.stringify(text)} is no user of /etc/passwd`,
    advice: "make it (deploy/systemd/rung.sysusers), or give uid:gid",
  });
}

/**
 * Does file work in a folder of another user with that user's rights, so that a link put there leads root nowhere.
 * Synchronous: the rights are the whole process's.
 * @param user undefined: as the process is
 */
export function asUser<T>(user: ProcessUser | undefined, work: () => T): T {
  if (user === undefined) return work();
  const [uid, gid, groups] = [process.geteuid!(), process.getegid!(), process.getgroups!()];
  process.setgroups!([user.gid]);
  process.setegid!(user.gid);
  process.seteuid!(user.uid);
  try {
    return work();
  } finally {
    process.seteuid!(uid);
    process.setegid!(gid);
    process.setgroups!(groups);
  }
}
