import { oneWidgetFlow } from "./widget-flow.ts";

export const PRESS = "acme/leipzig/press1";
const LONG = "a very long name ".repeat(12).trim();
/** Of the past that is sent at once: 20 min, one sample per property every 2 s. */
export const PAST_S = 1200;
export const STEP_S = 2;

/**
 * One sample of each property at a time, for a function node. In the middle of the past the temperature is bad for a
 * while, and later it has a spike of one sample.
 */
const SAMPLES = `
const sampleAt = (ms, beganMs) => {
  const second = Math.round(ms / 1000);
  const phase = second - beganMs / 1000;
  const isBad = phase > 300 && phase < 380;
  return {
    temperature: 180 + 12 * Math.sin(second / 90) + (phase === 700 ? 80 : 0),
    load: 50 + 20 * Math.cos(second / 150),
    mode: Math.floor(second / 200) % 3,
    strange: [1e300, -1e300, -0, 5][Math.floor(second / 4) % 4],
    lost: null,
    at: new Date(ms).toISOString(),
    ok: !isBad,
  };
};`;

const binding = (name: string, more: object = {}) => ({
  nodeId: `payload.${name}`,
  topic: "press",
  path: name,
  kind: "measurement",
  type: "number",
  periodMs: STEP_S * 1000,
  timePath: "payload.at",
  timeUnit: "iso",
  qualityPath: "",
  ...more,
});

const trend = (id: string, order: number, path: string, more: object = {}) => ({
  id,
  type: "ui-rung-trend",
  z: "t",
  name: "",
  label: "",
  group: "group",
  order,
  width: 6,
  height: 7,
  version: 1,
  twin: "twin",
  path,
  minutes: 20,
  digits: 1,
  historian: "",
  x: 700,
  y: 100 + 60 * order,
  wires: [],
  ...more,
});

/** A press whose past is sent at once and whose present every two seconds, stored and drawn in four trends. */
export function trendFlow(): object[] {
  const page = oneWidgetFlow({ type: "ui-rung-trend", payload: {} }).filter(
    (node) => !["in", "widget", "said"].includes((node as { id: string }).id),
  );
  return [
    ...page,
    {
      id: "twin",
      type: "rung-twin",
      name: "press",
      version: 1,
      address: PRESS,
      scope: "machine",
      targetRung: "1",
    },
    {
      id: "tick",
      type: "inject",
      z: "t",
      props: [{ p: "payload" }],
      repeat: String(STEP_S),
      once: true,
      onceDelay: 0.5,
      payloadType: "date",
      x: 100,
      y: 100,
      wires: [["press"]],
    },
    {
      id: "press",
      type: "function",
      z: "t",
      func: `${SAMPLES}
const nowMs = Math.floor(Date.now() / ${STEP_S * 1000}) * ${STEP_S * 1000};
const beganMs = context.get("began") ?? nowMs - ${PAST_S * 1000};
const fromMs = context.get("sent") ?? beganMs;
for (let ms = fromMs + ${STEP_S * 1000}; ms <= nowMs; ms += ${STEP_S * 1000})
  node.send({ topic: "press", payload: sampleAt(ms, beganMs) });
context.set("began", beganMs);
context.set("sent", Math.max(fromMs, nowMs));
return null;`,
      outputs: 1,
      libs: [],
      x: 250,
      y: 100,
      wires: [["ingest"]],
    },
    {
      id: "ingest",
      type: "rung-ingest",
      z: "t",
      version: 1,
      twin: "twin",
      reality: "live",
      silentAfterS: 15,
      emit: "frames",
      bindings: [
        binding("temperature", { unit: "°C", label: "Press temperature", qualityPath: "payload.ok" }),
        binding("load", { unit: "%", label: "Load of the main drive" }),
        binding("mode", { label: "Mode", periodMs: 0 }),
        binding("strange", { label: LONG, unit: "kW" }),
        binding("lost", { label: "Lost", type: "number" }),
      ],
      x: 400,
      y: 100,
      wires: [["state"]],
    },
    {
      id: "state",
      type: "rung-state",
      z: "t",
      version: 1,
      twin: "twin",
      emit: "frames",
      x: 550,
      y: 100,
      wires: [["history"], []],
    },
    { id: "history", type: "rung-history", z: "t", version: 1, historian: "", x: 700, y: 60, wires: [] },
    {
      id: "marks",
      type: "inject",
      z: "t",
      props: [{ p: "payload" }],
      once: true,
      onceDelay: 2,
      payloadType: "date",
      x: 100,
      y: 200,
      wires: [["mark"]],
    },
    {
      id: "mark",
      type: "function",
      z: "t",
      func: `const us = Date.now() * 1000;
const min = 60e6;
const ahead = [1, 2, 3, 4, 5].map((n) => n);
node.send({ payload: { kind: "finding", id: "f1", sinceUs: us - 6 * min, timeUs: us - 4 * min, active: false, priority: 2, title: "Press temperature 20 % above normal" } });
node.send({ payload: { kind: "recommendation", id: "r1", madeAtUs: us - 3 * min, title: "Press 4 K cooler" } });
node.send({ payload: { kind: "proposal-result", id: "p1", target: "${PRESS}/temperatureSetpoint", value: 176, unit: "°C", state: "verified", timeUs: us - 2 * min } });
node.send({ payload: { kind: "forecast", twin: "${PRESS}", address: "${PRESS}/temperature", unit: "°C", madeAtUs: us, stepUs: min, mean: ahead.map(() => 180), low50: ahead.map((n) => 180 - 2 * n), high50: ahead.map((n) => 180 + 2 * n), low90: ahead.map((n) => 180 - 5 * n), high90: ahead.map((n) => 180 + 5 * n), skill: { mase: 0.7, maseUpper95: 0.9, coverage90: 0.91, n: 120 } } });
return null;`,
      outputs: 1,
      libs: [],
      x: 250,
      y: 200,
      wires: [["several"]],
    },
    trend("several", 1, "temperature, load", { label: "Press 1" }),
    trend("modes", 2, "mode", { digits: 0 }),
    trend("odd", 3, "strange"),
    trend("none", 4, "lost", { label: "Lost" }),
    trend("band", 5, "mode", {
      type: "ui-rung-band",
      label: "Press",
      hours: 0.3,
      states: "0 = off, stopped\n1 = on, running\n2 = broken, failed",
    }),
    trend("blank", 6, "st*/state", { type: "ui-rung-band", hours: 1, states: "" }),
  ];
}
