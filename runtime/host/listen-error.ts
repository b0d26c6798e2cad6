import { RungError } from "../core/errors.ts";

/**
 * Says which port could not be had and how to take another.
 * @param variable the environment variable that names the port
 */
export function listenError(error: NodeJS.ErrnoException, variable: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new RungError({
      code: "port-in-use",
      where: `port ${port}`,
      what: "is in use by another program",
      advice: `set ${variable} to a free one, or to 0 for any`,
      cause: error,
    });
  }
  if (error.code === "EACCES") {
    return new RungError({
      code: "port-refused",
      where: `port ${port}`,
      what: "may not be opened by this user",
      advice: `set ${variable} to 1024 or above`,
      cause: error,
    });
  }
  return error;
}

/**
 * A port from the environment.
 * @throws RungError `bad-port`
 */
export function portFrom(environment: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = environment[variable];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RungError({
    code: "bad-port",
    where: variable,
    what: `must be a whole number from 0 to 65535, got ${JSON.stringify(text)}`,
    advice: "0 takes any free port",
  });
}
