import { messageOf, RungError } from "../../core/errors.ts";

/** What a server answered, or why it did not. */
export interface InfluxFault {
  /** HTTP status; undefined where no answer came. */
  readonly status?: number;
  /** The server's words. */
  readonly text: string;
  readonly cause?: unknown;
}

/** The codes by which a write tells what its lines are to become. */
export const INFLUX_REFUSED = "influx-refused";
export const INFLUX_TOO_LARGE = "influx-too-large";

const ADVICE: Readonly<Record<number, readonly [code: string, advice: string]>> = {
  400: [INFLUX_REFUSED, "see the server's reason"],
  401: ["influx-login-refused", "correct user and password, or the token"],
  403: ["influx-no-right", "give the user or the token the right to write, and to read for queries"],
  404: [
    "influx-no-database",
    "make the database or bucket there, or correct its name; Rung makes none by itself",
  ],
  413: [INFLUX_TOO_LARGE, "the batch is halved; raise max-body-size at the server if it comes often"],
  422: [INFLUX_REFUSED, "see the server's reason"],
  429: ["influx-busy", "nothing is lost, it is tried again; give the server more room"],
  503: ["influx-busy", "nothing is lost, it is tried again; look at the server"],
};

/** A limit of the server that an operator can raise: the points are none the worse for it. */
const LIMIT = /\bmax-(series|values)-per-\w+ limit exceeded/;
const NO_ROOM = [
  "influx-no-room",
  "nothing is lost, it is tried again; raise this limit at the server, or store fewer tags there",
] as const;

/** A fault as an error that says what to do. @param where the server and its database */
export function influxError(where: string, { status, text, cause }: InfluxFault): RungError {
  const words = serverWords(text);
  if (status === undefined) {
    return new RungError({
      code: /timed? ?out/i.test(text) ? "influx-timeout" : "influx-unreachable",
      where,
      what: words || "does not answer",
      advice: "nothing is lost, it is tried again; check that the server runs and the address is right",
      cause,
    });
  }
  const [code, advice] = (LIMIT.test(words) ? NO_ROOM : ADVICE[status]) ?? [
    "influx-failed",
    "nothing is lost, it is tried again; look at the server's log",
  ];
  return new RungError({
    code,
    where,
    what: `answered ${status}${words ? `: ${words}` : ""}`,
    advice,
    cause,
  });
}

/** Rows that a partial write left out, as the server counted them; undefined where it did not say. */
export function droppedOf(error: RungError): number | undefined {
  const [, count] = /\bdropped=(\d+)/.exec(error.message) ?? [];
  return count === undefined ? undefined : Number(count);
}

/** Whether a refusal speaks of points, as an InfluxDB does, and not of the request, as whatever stands before it may. */
export function namesPoints(error: RungError): boolean {
  return /\bpartial write\b|\bdropped=\d|\b(unable to|cannot) parse\b/.test(error.message);
}

/** The message out of `{"error": "..."}` (1.x) or `{"code": "...", "message": "..."}` (2.x), or the text as it is. */
function serverWords(text: string): string {
  const brace = text.indexOf("{");
  if (brace >= 0) {
    try {
      const { error, message } = JSON.parse(text.slice(brace)) as { error?: unknown; message?: unknown };
      return String(error ?? message ?? text).slice(0, 500);
    } catch (thrown) {
      return `${text.slice(0, 400)} (${messageOf(thrown)})`;
    }
  }
  return text.trim().slice(0, 500);
}
