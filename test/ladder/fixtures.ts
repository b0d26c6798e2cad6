/** Flows with the verdict that docs/ladder.md gives them, written before the code was run on them. */
import { draw, type Node, SETPOINT } from "./draw.ts";

export interface Expected {
  class: string;
  wired: number;
  capabilities: number[];
  reality?: string | null;
  warnings?: string[];
  /** `row role after` */
  missing?: string[];
  floating?: string[];
  paths?: Record<string, string[]>;
  unguarded?: string[];
  notAnalysable?: string[];
  errors?: string[];
}

export interface Fixture {
  name: string;
  flow: unknown;
  expected: Expected;
}

const ONE = "src opcua-source > st state > his history;";
const THREE = `${ONE} st > det detect; st > fc forecast;`;
const FOUR = `${THREE} st > sib sibling > wi whatif > opt optimise;`;
const FIVE = `${FOUR} opt > env envelope > act actuate;`;
const TO_FOUR = [0, 1, 2, 3, 4];

const subflow = (id: string, inside: Node[], from: string[], to: string[]): Node[] => [
  {
    id,
    type: "subflow",
    in: [{ x: 1, y: 1, wires: from.map((inner) => ({ id: inner })) }],
    out: [{ x: 1, y: 1, wires: to.map((inner) => ({ id: inner, port: 0 })) }],
  },
  ...inside.map((node) => ({ ...node, z: id })),
];

export const FIXTURES: readonly Fixture[] = [
  {
    name: "a state alone is a model on paper",
    flow: draw("st state"),
    expected: {
      class: "model",
      wired: 0,
      capabilities: [0],
      reality: null,
      missing: [
        "1 source null",
        "1 history st",
        "2 detect st",
        "3 forecast st",
        "4 optimise st",
        "5 optimise st",
      ],
    },
  },
  {
    name: "a model that names its twin is row 0",
    flow: draw("m oven", { m: { twin: "oven" } }),
    expected: { class: "model", wired: 0, capabilities: [0], missing: ["0 state oven"] },
  },
  {
    name: "a twin with neither state nor model is warned",
    flow: draw(""),
    expected: { class: "model", wired: 0, capabilities: [], warnings: ["twin-without-state"] },
  },
  {
    name: "online source, state, history: a shadow on rung 1",
    flow: draw(ONE),
    expected: {
      class: "shadow",
      wired: 1,
      capabilities: [0, 1],
      reality: "live",
      paths: { 0: ["st"], 1: ["src", "st", "his"] },
      missing: ["2 detect st", "3 forecast st", "4 optimise st", "5 optimise st"],
    },
  },
  {
    name: "without history there is no rung 1, though the class is shadow",
    flow: draw("src opcua-source > st state"),
    expected: {
      class: "shadow",
      wired: 0,
      capabilities: [0],
      missing: ["1 history st", "2 detect st", "3 forecast st", "4 optimise st", "5 optimise st"],
    },
  },
  {
    name: "a history fed past the state does not keep the state",
    flow: draw("src opcua-source > st state; src > his history"),
    expected: { class: "shadow", wired: 0, capabilities: [0], floating: ["1 his"] },
  },
  {
    name: "detect after state is rung 2",
    flow: draw(`${ONE} st > det detect > cau cause`),
    expected: { class: "shadow", wired: 2, capabilities: [0, 1, 2], paths: { 2: ["src", "st", "det"] } },
  },
  {
    name: "cause, residual, estimate and outcome raise nothing alone",
    flow: draw(`${ONE} st > cau cause; st > res residual; st > est estimate; st > out outcome`),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: [] },
  },
  {
    name: "a forecast without detect is a capability above a gap, and floats",
    flow: draw(`${ONE} st > fc forecast`),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1, 3], floating: ["3 fc"] },
  },
  {
    name: "remaining life is rung 3 too",
    flow: draw(`${ONE} st > det detect; st > life life`),
    expected: { class: "shadow", wired: 3, capabilities: [0, 1, 2, 3] },
  },
  {
    name: "a what-if that scores its baseline is rung 3 and 4",
    flow: draw(`${ONE} st > det detect; st > sib sibling > wi whatif`, { wi: { scoreBaseline: true } }),
    expected: { class: "shadow", wired: 4, capabilities: TO_FOUR },
  },
  {
    name: "a what-if that does not is rung 4 alone",
    flow: draw(`${ONE} st > det detect; st > sib sibling > wi whatif`),
    expected: {
      class: "shadow",
      wired: 2,
      capabilities: [0, 1, 2, 4],
      floating: ["4 wi"],
      missing: ["3 forecast st", "5 optimise wi"],
    },
  },
  {
    name: "maintain, balance and cell prescribe as well",
    flow: draw(`${THREE} st > m maintain; st > b balance; st > c cell`),
    expected: {
      class: "shadow",
      wired: 4,
      capabilities: TO_FOUR,
      paths: { 4: ["src", "st", "m", "b", "c"], 0: ["st", "c"] },
    },
  },
  {
    name: "variant check and reach study raise nothing",
    flow: draw(`${THREE} st > v variant; st > r reach`),
    expected: { class: "shadow", wired: 3, capabilities: [0, 1, 2, 3] },
  },
  {
    name: "the whole loop is a twin on rung 5",
    flow: draw(FIVE),
    expected: {
      class: "twin",
      wired: 5,
      capabilities: [...TO_FOUR, 5],
      reality: "live",
      missing: [],
      floating: [],
      warnings: [],
      paths: { 5: ["src", "st", "sib", "wi", "opt", "env", "act"] },
    },
  },
  {
    name: "the same on the virtual plant says so",
    flow: draw(FIVE, { plant: { reality: "virtual" } }),
    expected: { class: "twin", wired: 5, capabilities: [...TO_FOUR, 5], reality: "virtual" },
  },
  {
    name: "no envelope, no loop",
    flow: draw(`${FOUR} opt > act actuate`),
    expected: {
      class: "shadow",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["envelope-bypassed"],
      missing: ["5 envelope opt"],
      floating: ["5 act"],
    },
  },
  {
    name: "an envelope that only a state feeds closes the loop but recommends nothing",
    flow: draw(`${THREE} st > env envelope > act actuate`),
    expected: {
      class: "twin",
      wired: 3,
      capabilities: [0, 1, 2, 3],
      missing: ["4 optimise st", "5 optimise st"],
    },
  },
  {
    name: "a what-if straight into the envelope gives scenarios, not recommendations",
    flow: draw(`${THREE} st > wi whatif > env envelope > act actuate`),
    expected: {
      class: "twin",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["scenario-not-recommendation"],
      missing: ["5 optimise wi"],
    },
  },
  {
    name: "only the target itself comes back: an echo",
    flow: draw(FIVE, { src: { bindings: [{ path: "zone3/airTemperatureSetpoint" }] } }),
    expected: {
      class: "twin",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["echo-only"],
      missing: ["5 measurement act"],
    },
  },
  {
    name: "nothing comes back: no loop",
    flow: draw(FIVE, { src: { bindings: [{ path: "hall/temperature" }] } }),
    expected: {
      class: "shadow",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["target-not-returned"],
      missing: ["5 measurement act"],
    },
  },
  {
    name: "what comes back through a recording closes no loop",
    flow: draw(FIVE.replace("opcua-source", "recording"), {
      src: { bindings: [{ path: "zone3/airTemperature", affectedBy: ["zone3/airTemperatureSetpoint"] }] },
    }),
    expected: {
      class: "model",
      wired: 4,
      capabilities: TO_FOUR,
      reality: "recorded",
      warnings: ["recorded-source", "target-not-returned"],
    },
  },
  {
    name: "a recording describes and diagnoses, as class model",
    flow: draw("rec recording > st state > his history; st > det detect"),
    expected: {
      class: "model",
      wired: 2,
      capabilities: [0, 1, 2],
      reality: "recorded",
      warnings: ["recorded-source"],
    },
  },
  {
    name: "a measurement declared in the twin's own table closes the loop",
    flow: draw(FIVE, {
      src: { bindings: [{ path: "zone3/airTemperature" }] },
      oven: { properties: [{ path: "zone3/airTemperature", affectedBy: SETPOINT }] },
    }),
    expected: { class: "twin", wired: 5, capabilities: [...TO_FOUR, 5] },
  },
  {
    name: "approval on the only path caps at 4",
    flow: draw(`${FOUR} opt > env envelope > ap approve > act actuate`),
    expected: {
      class: "twin",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["approval-caps"],
      missing: [],
      floating: ["5 env", "5 act"],
    },
  },
  {
    name: "approval on every one of two paths caps at 4",
    flow: draw(
      `${FOUR} opt > ap approve > env envelope > act actuate; opt > ap2 approve > env2 envelope > act`,
    ),
    expected: { class: "twin", wired: 4, capabilities: TO_FOUR, warnings: ["approval-caps"] },
  },
  {
    name: "approval on one of two paths only is bypassed",
    flow: draw(`${FOUR} opt > env envelope > ap approve > act actuate; env > act`),
    expected: {
      class: "twin",
      wired: 5,
      capabilities: [...TO_FOUR, 5],
      warnings: ["approval-bypassed"],
      paths: { 5: ["src", "st", "sib", "wi", "opt", "env", "act"] },
    },
  },
  {
    name: "an actuate without a path from state is remote control",
    flow: draw(`${ONE} b 'inject' > env envelope > act actuate`),
    expected: {
      class: "shadow",
      wired: 1,
      capabilities: [0, 1],
      warnings: ["remote-control"],
      floating: ["5 env", "5 act"],
    },
  },
  {
    name: "mqtt out beside the loop blocks rung 5",
    flow: draw(`${FIVE} opt > m 'mqtt out'`),
    expected: {
      class: "twin",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["unguarded-output"],
      unguarded: ["m"],
      missing: [],
    },
  },
  {
    name: "a third-party writer named like one blocks it too",
    flow: draw(`${FIVE} st > f 'function' > w 'modbus-write'`),
    expected: {
      class: "twin",
      wired: 4,
      capabilities: TO_FOUR,
      warnings: ["unguarded-output"],
      unguarded: ["w"],
    },
  },
  {
    name: "an unguarded output that no twin's data reaches is listed and blocks nobody",
    flow: draw(`${FIVE} i 'inject' > e 'exec'`),
    expected: { class: "twin", wired: 5, capabilities: [...TO_FOUR, 5], unguarded: ["e"], warnings: [] },
  },
  {
    name: "core mqtt in counts for nothing",
    flow: draw("m 'mqtt in' > st state > his history"),
    expected: {
      class: "model",
      wired: 0,
      capabilities: [0],
      reality: null,
      warnings: ["source-not-ingested"],
    },
  },
  {
    name: "the same through ingest counts, with the declared reality",
    flow: draw("m 'mqtt in' > ing ingest > st state > his history", { ing: { reality: "live" } }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], reality: "live", warnings: [] },
  },
  {
    name: "an ingest with nothing in it does not",
    flow: draw("ing ingest > st state > his history", { ing: { reality: "live" } }),
    expected: { class: "model", wired: 0, capabilities: [0], warnings: ["ingest-without-input"] },
  },
  {
    name: "a source without a link does not",
    flow: draw(ONE, { src: { link: "" } }),
    expected: { class: "model", wired: 0, capabilities: [0], warnings: ["source-without-link"] },
  },
  {
    name: "a source wired past the state to a model: class model, warned",
    flow: draw("src opcua-source > m oven; st state > his history"),
    expected: { class: "model", wired: 0, capabilities: [0], warnings: ["source-past-state"] },
  },
  {
    name: "live and virtual sources together: the weakest counts",
    flow: draw(`${ONE} m mqtt-source > st`, {
      m: { link: "broker" },
      broker: { type: "rung-mqtt-link", reality: "virtual" },
    }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], reality: "virtual" },
  },
  {
    name: "junctions and link out to link in are wires, written at either end",
    flow: draw(
      "src opcua-source > j 'junction' > o 'link out'; i 'link in' > st state > his history; st > o2 'link out'; i2 'link in' > det detect",
      { o: { links: ["i"] }, i: { links: [] }, o2: { links: [] }, i2: { links: ["o2"] } },
    ),
    expected: {
      class: "shadow",
      wired: 2,
      capabilities: [0, 1, 2],
      paths: { 2: ["src", "j", "o", "i", "st", "o2", "i2", "det"] },
    },
  },
  {
    name: "a link call goes to its target and comes back to the caller",
    flow: draw(`${ONE} st > c 'link call' > fc forecast; i 'link in' > det detect > r 'link out'`, {
      c: { links: ["i"] },
      r: { mode: "return" },
    }),
    expected: {
      class: "shadow",
      wired: 3,
      capabilities: [0, 1, 2, 3],
      paths: { 3: ["src", "st", "c", "i", "det", "r", "fc"] },
    },
  },
  {
    name: "a return goes to its own caller only",
    flow: draw(
      `${ONE} st > c 'link call' > d 'debug'; x 'inject' > c2 'link call' > det detect; i 'link in' > r 'link out'`,
      { c: { links: ["i"] }, c2: { links: ["i"] }, r: { mode: "return" } },
    ),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: ["2 det"] },
  },
  {
    name: "a link call whose target never returns leads nowhere behind it",
    flow: draw(`${ONE} st > c 'link call' > det detect; i 'link in' > d 'debug'`, { c: { links: ["i"] } }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1] },
  },
  {
    name: "a dynamic link call is not analysable",
    flow: draw(`${ONE} st > c 'link call' > det detect; i 'link in' > r 'link out'`, {
      c: { links: ["i"], linkType: "dynamic" },
      r: { mode: "return" },
    }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], notAnalysable: ["c"] },
  },
  {
    name: "catch, status and complete carry no data",
    flow: draw(`${ONE} e 'catch' > det detect; s 'status' > fc forecast; k 'complete' > opt optimise`),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: ["2 det", "3 fc", "4 opt"] },
  },
  {
    name: "a disabled detect is not there",
    flow: draw(`${ONE} st > det detect; det > fc forecast`, { det: { d: true } }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: ["3 fc"] },
  },
  {
    name: "a disabled tab is not there",
    flow: draw(ONE, { tab: { disabled: true } }),
    expected: { class: "model", wired: 0, capabilities: [], warnings: ["twin-without-state"] },
  },
  {
    name: "groups change nothing",
    flow: draw(ONE, { g: { type: "group", z: "tab", nodes: ["src", "st"] }, st: { g: "g" } }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1] },
  },
  {
    name: "the second output of a switch is a path",
    flow: draw(`${ONE} st > sw 'switch'; sw.2 > det detect`),
    expected: { class: "shadow", wired: 2, capabilities: [0, 1, 2] },
  },
  {
    name: "a subflow passes data through its own nodes",
    flow: [
      ...draw(`${ONE} st > box 'subflow:s' > fc forecast`),
      ...subflow("s", draw("det detect").slice(3), ["det"], ["det"]),
    ],
    expected: {
      class: "shadow",
      wired: 3,
      capabilities: [0, 1, 2, 3],
      paths: { 3: ["src", "st", "box", "box-det", "fc"] },
    },
  },
  {
    name: "a subflow whose input leads nowhere passes nothing",
    flow: [
      ...draw(`${ONE} st > box 'subflow:s' > fc forecast`),
      ...subflow("s", draw("det detect; f 'function'").slice(3), ["det"], ["f"]),
    ],
    expected: { class: "shadow", wired: 2, capabilities: [0, 1, 2] },
  },
  {
    name: "a subflow's input may be its output",
    flow: [...draw(`${ONE} st > box 'subflow:s' > det detect`), ...subflow("s", [], ["s"], ["s"])],
    expected: { class: "shadow", wired: 2, capabilities: [0, 1, 2] },
  },
  {
    name: "a definition without an instance does not run",
    flow: [...draw(ONE), ...subflow("s", draw("det detect").slice(3), ["det"], ["det"])],
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: [] },
  },
  {
    name: "a link that an instance's environment names",
    flow: [
      ...draw("box 'subflow:s' > st state > his history", {
        box: { env: [{ name: "LINK", type: "str", value: "plant" }] },
      }),
      ...subflow("s", draw("src opcua-source", { src: { link: "$" + "{LINK}" } }).slice(3), [], ["src"]),
    ],
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], reality: "live" },
  },
  {
    name: "mqtt out and mqtt in on one topic are no wire",
    flow: draw(`${ONE} st > o 'mqtt out'; i 'mqtt in' > det detect`, {
      o: { topic: "t" },
      i: { topic: "t" },
    }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], unguarded: ["o"] },
  },
  {
    name: "paths stop at another state: its detect is not ours",
    flow: draw(`${ONE} st > st2 state > det detect`, {
      st2: { twin: "booth" },
      booth: { type: "rung-twin", address: "acme/leipzig/paint/booth1" },
    }),
    expected: { class: "shadow", wired: 1, capabilities: [0, 1], floating: [] },
  },
  {
    name: "an actuate for another twin's property does not close this loop",
    flow: draw(FIVE, { act: { targets: [{ target: "acme/leipzig/paint/booth1/air/temperatureSetpoint" }] } }),
    expected: { class: "shadow", wired: 4, capabilities: TO_FOUR, warnings: ["target-not-returned"] },
  },
  {
    name: "the envelope's targets serve an actuate that names none",
    flow: draw(FIVE, { act: { targets: [] }, env: { targets: [{ target: SETPOINT }] } }),
    expected: { class: "twin", wired: 5, capabilities: [...TO_FOUR, 5] },
  },
  {
    name: "an actuate without any target",
    flow: draw(FIVE, { act: { targets: [] } }),
    expected: { class: "shadow", wired: 4, capabilities: TO_FOUR, warnings: ["actuate-without-target"] },
  },
  {
    name: "an mqtt source closes the loop as well as any",
    flow: draw(FIVE.replace("opcua-source", "mqtt-source"), {
      src: {
        link: "broker",
        bindings: [{ path: "zone3/airTemperature", affectedBy: [`/${SETPOINT}`] }],
      },
      broker: { type: "rung-mqtt-link", reality: "live" },
    }),
    expected: { class: "twin", wired: 5, capabilities: [...TO_FOUR, 5] },
  },
  {
    name: "paths of a source stand below the twin that the source names",
    flow: draw(FIVE, {
      src: {
        twin: "booth",
        bindings: [{ path: "zone3/airTemperature", affectedBy: ["zone3/airTemperatureSetpoint"] }],
      },
      booth: { type: "rung-twin", address: "acme/leipzig/paint/booth1" },
    }),
    expected: { class: "shadow", wired: 4, capabilities: TO_FOUR, warnings: ["target-not-returned"] },
  },
];
