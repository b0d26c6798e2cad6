import type { Verb } from "./verb.ts";

/** Every verb and the module it lives in, read only when it is asked for. Keep the lines in alphabetical order. */
export const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  arm: () => import("./arm.ts"),
  audit: () => import("./audit.ts"),
  check: () => import("./check.ts"),
  detect: () => import("./detect.ts"),
  diff: () => import("./diff.ts"),
  gaps: () => import("./gaps.ts"),
  kernel: () => import("./kernel.ts"),
  oven: () => import("./oven.ts"),
  passport: () => import("./passport.ts"),
  query: () => import("./query.ts"),
  record: () => import("./record.ts"),
  replay: () => import("./replay.ts"),
  sparkplug: () => import("./sparkplug.ts"),
  start: () => import("./start.ts"),
  tags: () => import("./tags.ts"),
  user: () => import("./user.ts"),
};
