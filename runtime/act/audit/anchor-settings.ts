import { isAbsolute, relative } from "node:path";
import { RungError } from "../../core/errors.ts";

/** `audit` in the actuator's settings.json: where the head goes besides the actuator's own directory. */
export interface AnchorSettings {
  /** An absolute path outside the actuator's directory; append-only is the administrator's business. */
  readonly anchorFile?: string;
  /** RFC 5424 over UDP to 127.0.0.1. */
  readonly syslog?: boolean;
  /** 514 where it is not given. */
  readonly syslogPort?: number;
  /** One line on standard output, which systemd's journal keeps. */
  readonly journal?: boolean;
}

/** @param where the settings' file, for errors @throws RungError `bad-settings` */
export function readAnchorSettings(given: unknown, where: string, directory: string): AnchorSettings {
  const wrong = (what: string, advice?: string): RungError =>
    new RungError({ code: "bad-settings", where, what: `audit: ${what}`, ...(advice ? { advice } : {}) });
  if (given === undefined) return {};
  if (given === null || typeof given !== "object" || Array.isArray(given)) throw wrong("must be an object");
  const settings = given as AnchorSettings;
  const known = ["anchorFile", "syslog", "syslogPort", "journal"];
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  // A misspelt anchor would be no anchor, and nobody would know.
  if (unknown !== undefined) throw wrong(`${unknown} is unknown`, `known are ${known.join(", ")}`);
  const { anchorFile, syslog, syslogPort, journal } = settings;
  if (anchorFile !== undefined) {
    if (typeof anchorFile !== "string" || !isAbsolute(anchorFile))
      throw wrong("anchorFile must be an absolute path");
    if (!relative(directory, anchorFile).startsWith("..")) {
      throw wrong(
        "anchorFile lies in the actuator's own directory",
        "put it elsewhere: whoever sets back the one sets back the other",
      );
    }
  }
  for (const [name, value] of Object.entries({ syslog, journal })) {
    if (value !== undefined && typeof value !== "boolean") throw wrong(`${name} must be true or false`);
  }
  if (syslogPort !== undefined && !(Number.isInteger(syslogPort) && syslogPort > 0 && syslogPort < 65_536)) {
    throw wrong("syslogPort must be a port");
  }
  return settings;
}
