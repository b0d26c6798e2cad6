import { timingSafeEqual } from "node:crypto";
import { RungError } from "../core/errors.ts";
import { readJsonFile } from "../core/private-file.ts";
import { isRebirthRequest } from "../describe/sparkplug/rebirth-request.ts";
import { NAMESPACE } from "../describe/sparkplug/topic.ts";
import { type BrokerUser, type BrokerUserEntry, brokerUsersFile, passwordDigest } from "./demo-logins.ts";

/** Who may sign in at the embedded broker. */
export class BrokerUsers {
  readonly #digests: ReadonlyMap<string, Buffer>;

  constructor(entries: readonly BrokerUserEntry[]) {
    this.#digests = new Map(entries.map(({ user, sha256 }) => [user, Buffer.from(sha256, "hex")]));
  }

  /** Nobody may sign in where the file is missing. @throws RungError `broken-file` */
  static read(home: string): BrokerUsers {
    const file = brokerUsersFile(home);
    const entries = readJsonFile<BrokerUserEntry[]>(
      file,
      "remove it and plant/logins.json, then start again",
    );
    if (entries !== undefined && !Array.isArray(entries)) {
      throw new RungError({
        code: "broken-file",
        where: file,
        what: "holds no list",
        advice: "remove it and plant/logins.json, then start again",
      });
    }
    return new BrokerUsers(entries ?? []);
  }

  signIn(user: string | undefined, password: Buffer | undefined): BrokerUser | undefined {
    const digest = this.#digests.get(user ?? "");
    if (digest === undefined || password === undefined) return undefined;
    const given = Buffer.from(passwordDigest(password), "hex");
    return digest.length === given.length && timingSafeEqual(digest, given)
      ? (user as BrokerUser)
      : undefined;
  }
}

/**
 * A topic with a level `cmd` below the machine is a command, `acme/leipzig/paint/booth1/cmd/...`, and so are the
 * commands of Sparkplug, `spBv1.0/group/NCMD/node` and `DCMD`.
 */
export function isCommandTopic(topic: string): boolean {
  const levels = topic.split("/");
  return levels.includes("cmd") || (levels[0] === NAMESPACE && /^[ND]CMD$/.test(levels[2] ?? ""));
}

const isHostState = (topic: string): boolean => topic.startsWith(`${NAMESPACE}/STATE/`);

/** @returns why the user may not publish there, or undefined where it may */
export function publishRefusal(
  user: BrokerUser | undefined,
  topic: string,
  payload: Uint8Array | string = "",
): string | undefined {
  if (user === undefined) return "not signed in";
  if (topic.startsWith("$")) return "topics that begin with $ are the broker's own";
  // A Sparkplug host application tells that it is there, and asks for births; neither moves anything in the plant.
  if (user === "twin") {
    if (isHostState(topic) || isRebirthRequest(topic, Buffer.from(payload))) return undefined;
    return "the twin only reads";
  }
  if (isHostState(topic)) return "only the twin is a Sparkplug host application here";
  if (user === "actuator") return isCommandTopic(topic) ? undefined : "the actuator publishes commands only";
  return isCommandTopic(topic) ? "only the actuator publishes commands" : undefined;
}

/** @returns why the user may not subscribe to it, or undefined where it may */
export function subscribeRefusal(user: BrokerUser | undefined, filter: string): string | undefined {
  if (user === undefined) return "not signed in";
  // This broker would grant it and deliver nothing.
  if (filter.startsWith("$share/"))
    return "the embedded broker has no shared subscriptions: subscribe without $share, or use an external broker";
  if (filter.startsWith("$")) return "topics that begin with $ are the broker's own";
  return undefined;
}
