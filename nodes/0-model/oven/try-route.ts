import type { NodeAPI } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { bodyTypesOf, checkOvenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { simulate, temperatureProfile } from "../../../runtime/model/oven/simulation.ts";

interface Request {
  body?: { oven?: unknown; bodyType?: unknown };
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
}

/** The admin route behind the dialog: checks what it shows, deployed or not, and sends a body through it. */
export function serveTrial(RED: NodeAPI): void {
  const answer = (request: Request, response: Response): void => {
    try {
      response.json(trial(request.body?.oven, String(request.body?.bodyType ?? "")));
    } catch (thrown) {
      response.status(409).json({ error: messageOf(thrown) });
    }
  };
  RED.httpAdmin.post("/rung/oven/try", RED.auth.needsPermission("rung.write"), answer as never);
}

/** @returns the faults with the keys that lead to them, and where there is none the ride of the body type */
export function trial(oven: unknown, bodyType: string): object {
  const { config, faults } = checkOvenConfig(oven);
  if (config === undefined)
    return { faults: faults.map(({ path, error }) => ({ path, message: error.message })) };
  const types = bodyTypesOf(config).map((type) => type.name);
  const result = simulate(config);
  const shown = result.bodyTypes[Math.max(0, types.indexOf(bodyType))]!;
  return {
    faults: [],
    ride: shown,
    residenceS: shown.residenceS,
    bodiesPerHour: result.bodiesPerHour,
    zones: config.zones.map(({ name, lengthM, airTemperatureC }) => ({ name, lengthM, airTemperatureC })),
    profile: temperatureProfile(config, shown.bodyType),
  };
}
