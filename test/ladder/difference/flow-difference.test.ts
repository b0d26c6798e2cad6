import assert from "node:assert/strict";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import { draw, type Node, OVEN } from "../draw.ts";

const LOOP = [
  "src opcua-source > st state > his history; st > det detect; st > fc forecast",
  "st > wi whatif > opt optimise > env envelope > act actuate",
].join(";");
const NAMES: Record<string, Record<string, unknown>> = {
  tab: { label: "paint" },
  plant: { name: "plant link", endpoint: "opc.tcp://plc:4840" },
  src: { name: "oven plc" },
  st: { name: "oven 1" },
  fc: { name: "exhaust ahead", horizonS: 300 },
  historian: { type: "rung-historian", name: "plant history" },
};
const base = (): Node[] => draw(LOOP, NAMES);

/** The base with some nodes changed (by id), left out (null) or added. */
function edited(changes: Record<string, Record<string, unknown> | null>): Node[] {
  const nodes = base();
  const known = new Set(nodes.map(({ id }) => id));
  return [
    ...nodes.flatMap((node) => {
      const change = changes[node.id];
      return change === null ? [] : [{ ...node, ...change }];
    }),
    ...Object.entries(changes).flatMap(([id, fields]) =>
      known.has(id) || fields === null ? [] : [{ id, ...fields } as Node],
    ),
  ];
}

/** `tab paint: sentence`, and the sentences of the twins. */
function told(before: unknown, after: unknown): string[] {
  const { places, twins } = flowDifference(before, after);
  return [
    ...places.flatMap(({ kind, name, sentences }) =>
      sentences.map((sentence) =>
        kind === "shared" ? `shared: ${sentence}` : `${kind} ${name}: ${sentence}`,
      ),
    ),
    ...twins.map(({ sentence }) => sentence),
  ];
}

const WIRES = ["his", "det", "fc", "wi"];
const stateTo = (...targets: string[]) => ({ wires: [targets] });
const without = (gone: string) => stateTo(...WIRES.filter((id) => id !== gone));
const newNode = (type: string, more: Record<string, unknown> = {}) => ({
  type,
  z: "tab",
  x: 1,
  y: 1,
  wires: [],
  ...more,
});

interface Case {
  readonly name: string;
  readonly changes: Record<string, Record<string, unknown> | null>;
  readonly says: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "a node removed, and what it cost",
    changes: { fc: null, st: without("fc") },
    says: [
      "tab paint: forecast exhaust ahead removed",
      "oven 1 fell from 5 to 2 + 4 + 5: forecast exhaust ahead removed",
    ],
  },
  {
    name: "a wire cut; an unnamed node that is the only one of its type needs no id",
    changes: { st: without("det") },
    says: [
      "tab paint: state oven 1 -> detect is cut",
      "oven 1 fell from 5 to 1 + 3 + 4 + 5: state oven 1 -> detect is cut",
    ],
  },
  {
    name: "two causes at once",
    changes: { st: without("det"), fc: { d: true } },
    says: [
      "tab paint: forecast exhaust ahead is disabled",
      "tab paint: state oven 1 -> detect is cut",
      "oven 1 fell from 5 to 1 + 4 + 5: forecast exhaust ahead is disabled; state oven 1 -> detect is cut",
    ],
  },
  {
    name: "a node added and wired",
    changes: { st: stateTo(...WIRES, "est"), est: newNode("rung-estimate", { name: "heat" }) },
    says: ["tab paint: estimate heat added", "tab paint: state oven 1 -> estimate heat is wired"],
  },
  {
    name: "parameters under their labels, with units",
    changes: {
      fc: { horizonS: 600, property: "exhaust/temperature" },
      det: { budget: 10, historian: "historian" },
    },
    says: [
      "tab paint: detect: False alarms not set -> 10",
      "tab paint: detect: Historian not set -> plant history",
      "tab paint: forecast exhaust ahead: Horizon 300 s -> 600 s",
      "tab paint: forecast exhaust ahead: Property not set -> exhaust/temperature",
    ],
  },
  {
    name: "a switch of the baseline, and texts and numbers that look alike",
    changes: { wi: { scoreBaseline: true }, fc: { horizonS: "300" } },
    says: [
      "tab paint: forecast exhaust ahead: Horizon 300 s as number -> as string",
      "tab paint: what-if: Score baseline not set -> on",
    ],
  },
  {
    name: "bindings by rows, and the loop they no longer close",
    changes: {
      src: {
        bindings: [
          { path: "zone3/airTemperatureSetpoint", periodMs: 0 },
          { path: "a/1" },
          { path: "a/2" },
          { path: "a/3" },
          { path: "a/4" },
          { path: "a/5" },
        ],
      },
    },
    says: [
      "tab paint: opc ua source oven plc: Bindings: 5 tags bound: a/1, a/2, a/3 and 2 more; " +
        "1 unbound: zone3/airTemperature; zone3/airTemperatureSetpoint: Period not set -> 0 ms",
      "oven 1 fell from 5 to 4: opc ua source oven plc: Bindings: 5 tags bound: a/1, a/2, a/3 and 2 more; " +
        "1 unbound: zone3/airTemperature; zone3/airTemperatureSetpoint: Period not set -> 0 ms",
    ],
  },
  {
    name: "renamed, disabled, retyped",
    changes: { st: { name: "kiln" }, his: { d: true }, det: { type: "rung-cause", name: "why" } },
    says: [
      "tab paint: detect is now cause why",
      "tab paint: history is disabled",
      "tab paint: state oven 1 is now called state kiln",
      "oven 1 fell from 5 to 0 + 3 + 4 + 5: detect is now cause why; history is disabled",
    ],
  },
  {
    name: "a tab renamed, disabled and enabled",
    changes: { tab: { label: "paint shop", disabled: true } },
    says: [
      "tab paint shop: tab paint is now called tab paint shop",
      "tab paint shop: tab paint shop is disabled",
      "oven 1 fell from 5 to 0, twin -> model: tab paint shop is disabled",
    ],
  },
  {
    name: "a node moved to another tab, and a tab that is new",
    changes: {
      fc: { z: "two" },
      two: { type: "tab", label: "two" },
      c: newNode("comment", { z: "two", name: "why" }),
    },
    says: [
      "tab paint: forecast exhaust ahead moved to tab two",
      "tab two: tab two added with 1 node: 1 comment",
      "tab two: forecast exhaust ahead moved here from tab paint",
    ],
  },
  {
    name: "an unguarded output",
    changes: { st: stateTo(...WIRES, "m"), m: newNode("mqtt out", { name: "alarm" }) },
    says: [
      "tab paint: mqtt out alarm added",
      "tab paint: state oven 1 -> mqtt out alarm is wired",
      "oven 1 fell from 5 to 4: mqtt out alarm could write to the plant past the envelope",
    ],
  },
  {
    name: "a person put into the loop",
    changes: {
      opt: { wires: [["ok"]] },
      ok: newNode("rung-approve", { name: "shift lead", wires: [["env"]] }),
    },
    says: [
      "tab paint: approve shift lead added",
      "tab paint: optimise -> envelope is cut",
      "tab paint: approve shift lead -> envelope is wired",
      "tab paint: optimise -> approve shift lead is wired",
      "oven 1 fell from 5 to 4: optimise -> envelope is cut; a person approves on every path to actuate",
    ],
  },
  {
    name: "shared configuration, and the link everything hangs on",
    changes: { plant: { endpoint: "opc.tcp://new:4840", reality: "virtual" } },
    says: [
      "shared: opc ua link plant link: Endpoint opc.tcp://plc:4840 -> opc.tcp://new:4840",
      "shared: opc ua link plant link: Plant is live -> virtual",
    ],
  },
  {
    name: "the link removed",
    changes: { plant: null },
    says: [
      "shared: opc ua link plant link removed",
      "oven 1 fell from 5 to 0 + 2 + 3 + 4, twin -> model: opc ua link plant link removed",
    ],
  },
  {
    name: "a twin removed, another one added",
    changes: {
      oven: null,
      booth: { type: "rung-twin", name: "booth 1", address: "acme/leipzig/paint/booth1" },
    },
    says: [
      "shared: twin oven 1 removed",
      "shared: twin booth 1 added",
      "booth 1 is new: model, 0",
      "oven 1 is gone, was twin, 5: twin oven 1 removed",
    ],
  },
  {
    name: "a twin whose address changed is the same twin",
    changes: {
      oven: { address: "acme/leipzig/paint/oven9" },
      act: { targets: [{ target: "zone3/airTemperatureSetpoint" }] },
    },
    says: [
      `tab paint: actuate: Targets: 1 row added: zone3/airTemperatureSetpoint; 1 removed: ${OVEN}/zone3/airTemperatureSetpoint`,
      `shared: twin oven 1: Address ${OVEN} -> acme/leipzig/paint/oven9`,
    ],
  },
  {
    name: "groups: joined, left, renamed",
    changes: {
      g: { type: "group", z: "tab", name: "3 predict", nodes: ["fc"] },
      fc: { g: "g" },
    },
    says: ["tab paint: group 3 predict added"],
  },
  {
    name: "a rung won",
    changes: { wi: { d: true } },
    says: ["tab paint: what-if is disabled", "oven 1 fell from 5 to 3, twin -> shadow: what-if is disabled"],
  },
];

describe("difference of two flows", () => {
  for (const { name, changes, says } of CASES) {
    it(`says ${name}`, () => assert.deepEqual(told(base(), edited(changes)), says));
  }

  it("says nothing where only places and orders differ", () => {
    const moved = base()
      .reverse()
      .map((node) => (node.x === undefined ? node : { ...node, x: 900, y: 40, w: 3, h: 4 }));
    assert.deepEqual(flowDifference(base(), moved), { places: [], twins: [], problems: [], isSame: true });
    const keysTurned = base().map((node) => Object.fromEntries(Object.entries(node).reverse()));
    assert.equal(flowDifference(base(), keysTurned).isSame, true);
    const widget = (order: number) => [{ id: "p", type: "ui-group", name: "p", order }];
    assert.equal(flowDifference(widget(1), widget(2)).isSame, true);
  });

  it("tells a rise as it tells a fall, and how the twin stood", () => {
    const { twins } = flowDifference(edited({ fc: null, st: without("fc") }), base());
    assert.deepEqual(twins, [
      {
        address: OVEN,
        name: "oven 1",
        sentence: "oven 1 rose from 2 + 4 + 5 to 5: forecast exhaust ahead added",
        before: { class: "twin", wired: 2, capabilities: [0, 1, 2, 4, 5] },
        after: { class: "twin", wired: 5, capabilities: [0, 1, 2, 3, 4, 5] },
        fell: false,
      },
    ]);
  });

  it("tells groups joined and left", () => {
    const group = { type: "group", z: "tab", name: "3 predict", nodes: [] };
    const grouped = edited({ g: group, fc: { g: "g" } });
    const loose = edited({ g: group });
    assert.deepEqual(told(loose, grouped), ["tab paint: forecast exhaust ahead is now in group 3 predict"]);
    assert.deepEqual(told(grouped, loose), [
      "tab paint: forecast exhaust ahead is no longer in group 3 predict",
    ]);
    const renamed = edited({ g: { ...group, name: "ahead" } });
    assert.deepEqual(told(loose, renamed), ["tab paint: group 3 predict is now called group ahead"]);
  });

  it("shows an id only where a name is missing or taken twice", () => {
    const two = edited({ a: newNode("rung-detect"), b: newNode("rung-state", { name: "oven 1" }) });
    assert.deepEqual(told(base(), two).slice(0, 2), [
      "tab paint: detect (a) added",
      "tab paint: state oven 1 (b) added",
    ]);
  });

  it("follows links between tabs, whichever end names the other", () => {
    const links = (out: object, into: object) => [
      { id: "t1", type: "tab", label: "one" },
      { id: "t2", type: "tab", label: "two" },
      { id: "o", type: "link out", z: "t1", name: "to two", x: 1, wires: [], mode: "link", ...out },
      { id: "i", type: "link in", z: "t2", name: "from one", x: 1, wires: [[]], ...into },
    ];
    const both = links({ links: ["i"] }, { links: ["o"] });
    assert.deepEqual(told(both, links({ links: ["i"] }, { links: [] })), []);
    assert.deepEqual(told(both, links({ links: [] }, { links: [] })), [
      "tab one: link out to two -> link in from one on tab two is cut",
    ]);
  });

  it("tells the ports of a subflow, its parameters, and what runs inside it", () => {
    const flow = (inner: Node[], out: unknown[]) => [
      ...edited({ src: { wires: [["inst"]] } }),
      { id: "inst", type: "subflow:sub", z: "tab", name: "clean up", x: 1, y: 1, wires: [["st"]] },
      {
        id: "sub",
        type: "subflow",
        name: "clean",
        in: [{ x: 1, y: 1, wires: [{ id: "f" }] }],
        out: [{ x: 1, y: 1, wires: out }],
      },
      ...inner,
    ];
    const inner = (more = {}) => [
      {
        id: "f",
        type: "function",
        z: "sub",
        name: "round",
        x: 1,
        y: 1,
        func: "return msg;",
        wires: [[]],
        ...more,
      },
    ];
    const whole = flow(inner(), [{ id: "f", port: 0 }]);
    assert.deepEqual(told(whole, flow(inner(), [])), [
      "subflow clean: function round -> output 1 is cut",
      "oven 1 fell from 5 to 0 + 2 + 3 + 4, twin -> model: function round -> output 1 is cut",
    ]);
    assert.deepEqual(
      told(whole, flow(inner({ func: "const a = 1;\nreturn msg;" }), [{ id: "f", port: 0 }])),
      ["subflow clean: function round: Function changed (11 characters -> 2 lines)"],
    );
  });

  it("tells a twin that has nothing left, though its rung was 0 before", () => {
    const [state, nothing] = [draw("st state", NAMES), draw("", NAMES)];
    assert.deepEqual(told(state, nothing), [
      "tab paint: state oven 1 removed",
      "oven 1 has no state and no model any more: state oven 1 removed",
    ]);
    assert.deepEqual(told(nothing, state).slice(1), [
      "oven 1 has a state or a model now: state oven 1 added",
    ]);
  });

  it("names the part that lowered its parent", () => {
    const family = (changes: Record<string, Record<string, unknown> | null>) => [
      ...edited({ oven: { parent: "shop" }, ...changes }),
      { id: "shop", type: "rung-twin", name: "paint shop", address: "acme/leipzig/paint", scope: "process" },
    ];
    assert.deepEqual(told(family({}), family({ his: null })).slice(-2), [
      "paint shop fell from 1 to 0: its part oven 1 is at 0 + 2 + 3 + 4 + 5 now",
      "oven 1 fell from 5 to 0 + 2 + 3 + 4 + 5: history removed",
    ]);
  });
});
