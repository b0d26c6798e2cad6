import type { Verb } from "./verb.ts";

/** Every verb and the module it lives in, read only when it is asked for. Keep the lines in alphabetical order. */
export const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  arm: () => import("./arm.ts"),
  audit: () => import("./audit.ts"),
  balance: () => import("./balance.ts"),
  booth: () => import("./booth.ts"),
  cell: () => import("./cell.ts"),
  check: () => import("./check.ts"),
  detect: () => import("./detect.ts"),
  diff: () => import("./diff.ts"),
  ergo: () => import("./ergo.ts"),
  gaps: () => import("./gaps.ts"),
  jobshop: () => import("./jobshop.ts"),
  kernel: () => import("./kernel.ts"),
  line: () => import("./line.ts"),
  maintain: () => import("./maintain.ts"),
  oven: () => import("./oven.ts"),
  passport: () => import("./passport.ts"),
  query: () => import("./query.ts"),
  record: () => import("./record.ts"),
  replay: () => import("./replay.ts"),
  sparkplug: () => import("./sparkplug.ts"),
  start: () => import("./start.ts"),
  tags: () => import("./tags.ts"),
  tls: () => import("./tls.ts"),
  user: () => import("./user.ts"),
};
