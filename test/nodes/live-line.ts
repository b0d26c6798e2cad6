import type { LineMessage } from "../../runtime/predict/line/line-message.ts";
import type { Stretch } from "../../runtime/predict/line/station-time.ts";

const NOW_US = 1_790_000_000_000_000;
const agoUs = (minutes: number): number => NOW_US - minutes * 60e6;

const STRETCHES: Stretch[] = [
  { fromUs: agoUs(60), state: "busy" },
  { fromUs: agoUs(40), state: "blocked" },
  { fromUs: agoUs(36), state: "busy" },
  { fromUs: agoUs(20), state: "down" },
  { fromUs: agoUs(14), state: "busy" },
  { fromUs: agoUs(5), state: "starved" },
];

/** Twelve stations as a plant may tell of them, written by hand. */
export const LIVE_LINE: LineMessage = {
  kind: "line",
  twin: "acme/leipzig/assembly/line1",
  name: "line 1",
  madeAtUs: NOW_US,
  of: "plant",
  stations: Array.from({ length: 12 }, (_, i) => ({
    id: `st${String(i + 1).padStart(2, "0")}`,
    state: i === 4 ? ("down" as const) : i === 6 ? ("waiting for operator" as const) : ("busy" as const),
    shares:
      i === 7
        ? { busy: 0.94, down: 0.06 }
        : { busy: 0.75, blocked: 4 / 60, starved: 5 / 60, down: 0.1, "waiting for operator": 0 },
    stretches: STRETCHES,
  })),
  buffers: Array.from({ length: 11 }, (_, i) => ({
    id: `b${String(i + 1).padStart(2, "0")}`,
    behind: `st${String(i + 1).padStart(2, "0")}`,
    fill: i % 4,
    places: 3,
  })),
  bottleneck: { id: "st08", why: "active 100 % of the last hour" },
  forecast: {
    madeAtUs: NOW_US,
    made: 141,
    mean: 262.4,
    low90: 246,
    high90: 274,
    plan: 280,
    workLeftS: 11_198,
    replications: 40,
    skill: { horizonS: 1800, n: 147, needed: 100, mase: 0.64, coverage90: 0.912 },
  },
};
