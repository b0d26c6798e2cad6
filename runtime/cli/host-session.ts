import { messageOf, RungError } from "../core/errors.ts";
import { fetchLocal, type LocalRequest, type LocalServer, originOf } from "../core/local-server.ts";
import type { LinkLogin } from "../describe/link-login.ts";
import { isRunning, type RunFile, readRunFile } from "../host/run-file.ts";

/** Longest one answer of the host may take. */
const ANSWER_WITHIN_MS = 15_000;

/** Asks the host as the person who signed in. */
export interface HostSession {
  /** @returns what it answered, whatever the status */
  get(path: string): Promise<Response>;
}

/**
 * Signs in at the Rung that runs with this home, over loopback, for as long as `act` takes.
 * @param where the verb that asks
 * @throws RungError `not-running`, `sign-in-refused`
 */
export async function withHost<T>(
  home: string,
  login: () => Promise<LinkLogin>,
  where: string,
  act: (session: HostSession) => Promise<T>,
): Promise<T> {
  // Nobody is asked for a password where there is nothing to sign in at.
  const server = runningHost(home);
  const { user, password } = await login();
  const ask = async (path: string, init: LocalRequest = {}): Promise<Response> => {
    try {
      return await fetchLocal(server, path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    } catch (thrown) {
      const what = `does not answer at ${originOf(server)}: ${messageOf(thrown)}`;
      throw new RungError({ code: "not-running", where: home, what, cause: thrown });
    }
  };
  const json = { "Content-Type": "application/json", Accept: "application/json" };
  const opened = await ask("/sign-in", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ user, password }),
  });
  const answer = (await opened.json()) as { token?: string; error?: string };
  if (answer.token === undefined) {
    const what = `signing in as ${user} was refused: ${answer.error ?? `status ${opened.status}`}`;
    throw new RungError({ code: "sign-in-refused", where, what });
  }
  const authorization = { Authorization: `Bearer ${answer.token}` };
  try {
    return await act({ get: (path) => ask(path, { headers: { ...authorization, Accept: "*/*" } }) });
  } finally {
    await ask("/sign-out", { method: "POST", headers: { ...json, ...authorization } });
  }
}

function runningHost(home: string): LocalServer {
  const file = readRunFile<RunFile & LocalServer>(home, "host");
  if (file !== undefined && isRunning(file)) return file;
  throw new RungError({
    code: "not-running",
    where: home,
    what: "no Rung runs with this home",
    advice: "start it, name another --home, or read flow files with --flows",
  });
}
