import assert from "node:assert/strict";
import { RUNG_NAMES, type Rung } from "../../runtime/core/evidence.ts";
import { flowHash } from "../../runtime/ladder/passport/flow-hash.ts";
import type { HostFacts } from "../../runtime/ladder/passport/host-facts.ts";
import { isNotKnown, notKnown } from "../../runtime/ladder/passport/not-known.ts";
import { isWhole, type Passport, passportOf } from "../../runtime/ladder/passport/passport.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { draw, type Node, OVEN } from "./draw.ts";
import {
  ACTUATOR,
  change,
  HOST,
  issued,
  LOOP,
  ovenEvidence,
  PLANT_US,
  record,
  SECOND,
  WALL_US,
} from "./passport-fixture.ts";

const OFFLINE = "read off flow files, nothing runs";

/** A passport off the wires alone. */
function unmeasured(flow: readonly Node[] = LOOP): Passport {
  const { twins, unguardedOutputs } = analyse(flow);
  const measured = notKnown(OFFLINE);
  return passportOf({
    twin: OVEN,
    twins,
    unguardedOutputs,
    flow,
    product: "0.1.0",
    nowUs: WALL_US,
    measured,
  })!;
}

const withEnvelope = (more: object): HostFacts => ({
  ...HOST,
  actuator: () => ({ ...ACTUATOR, envelope: { ...ACTUATOR.envelope!, ...more } }),
});
const access = ({ acting: { mode, reason } }: Passport) => ({ mode, reason });

describe("passport of a twin", () => {
  it("has its members in one order, whatever it says", () => {
    const keys = [
      "kind version issued twin class reality wired held capabilities enough since acting links model flowHash",
      "rows missing warnings family falls hash",
    ].join(" ");
    const scenes = [
      issued()!,
      issued({ evidence: ovenEvidence(false) })!,
      unmeasured(),
      unmeasured(draw("st state")),
    ];
    for (const passport of scenes) assert.equal(Object.keys(passport).join(" "), keys);
  });

  it("of a state alone, off a file, is exactly this", () => {
    const flow = draw("st state");
    const reason = { notKnown: OFFLINE };
    const needs = (row: Rung, what: string) => ({
      row,
      name: RUNG_NAMES[row],
      wired: false,
      verdict: "not wired",
      fact: `needs ${what}`,
      limit: "",
      path: [],
      evidence: [],
    });
    const passport = unmeasured(flow);
    assert.deepEqual(passport, {
      kind: "rung-passport",
      version: 1,
      issued: { wallTimeUs: WALL_US, linkTimeUs: reason, product: "0.1.0" },
      twin: { address: OVEN, name: "oven 1", scope: "machine", objective: "", target: null },
      class: "model",
      reality: { notKnown: "no source feeds this twin" },
      wired: 0,
      held: reason,
      capabilities: { wired: [0], held: reason },
      enough: reason,
      since: reason,
      acting: {
        mode: "read-only",
        reason: "no actuate on a path of this twin",
        actuates: [],
        envelope: null,
        isolation: null,
        unguardedOutputs: [],
      },
      links: [],
      model: { version: { notKnown: "no model, detector or forecast on a path of this twin" }, nodes: [] },
      flowHash: flowHash(flow),
      rows: [
        {
          row: 0,
          name: "standalone",
          wired: true,
          verdict: "not measured",
          fact: OFFLINE,
          limit: "",
          path: ["st"],
          evidence: [],
        },
        needs(1, "an online source"),
        needs(2, "a detector"),
        needs(3, "a forecast"),
        needs(4, "an optimiser"),
        needs(5, "an optimiser"),
      ],
      missing: [
        { row: 1, role: "source", after: null },
        { row: 1, role: "history", after: "st" },
        { row: 2, role: "detect", after: "st" },
        { row: 3, role: "forecast", after: "st" },
        { row: 4, role: "optimise", after: "st" },
        { row: 5, role: "optimise", after: "st" },
      ],
      warnings: [],
      family: { parent: null, children: [] },
      falls: reason,
      hash: passport.hash,
    });
    assert.equal(passport.hash, "f3adfdefdb4da8e68b77ac4f6bda93c4554ae63ee281b5f0df7304f5ae7a12c3");
  });

  it("tells twin, class, rungs, since when and why", () => {
    const passport = issued()!;
    assert.deepEqual(passport.issued, {
      wallTimeUs: WALL_US + 20 * SECOND,
      linkTimeUs: PLANT_US,
      product: "0.1.0",
    });
    assert.deepEqual(passport.twin, {
      address: OVEN,
      name: "oven 1",
      scope: "machine",
      objective: "hold the cure window at least gas",
      target: 5,
    });
    const { class: kind, reality, wired, held, capabilities, enough, since } = passport;
    assert.deepEqual(
      { kind, reality, wired, held, capabilities, enough, since },
      {
        kind: "twin",
        reality: "virtual",
        wired: 5,
        held: 5,
        capabilities: { wired: [0, 1, 2, 3, 4, 5], held: [0, 1, 2, 3, 4, 5] },
        enough: true,
        since: {
          wallTimeUs: WALL_US + 5 * SECOND,
          from: 0,
          cause: "5 autonomous: envelope commissioned and armed 1",
        },
      },
    );
  });

  it("lists the evidence of every row as it was measured", () => {
    const { rows } = issued()!;
    assert.deepEqual(
      rows.map(({ row, name, verdict, fact, evidence }) => [row, name, verdict, fact, evidence.length]),
      [
        [0, "standalone", "holds", "state loaded", 0],
        [1, "descriptive", "holds", "age p99 0.42 s", 2],
        [2, "diagnostic", "holds", "false alarms 3", 1],
        [3, "predictive", "holds", "MASE 0.69", 1],
        [4, "prescriptive", "holds", "metal RMSE 2.1 K", 1],
        [5, "autonomous", "holds", "envelope commissioned and armed 1", 1],
      ],
    );
    assert.deepEqual(rows[4]!.evidence, [
      {
        id: `${OVEN}/4/metal RMSE`,
        node: "opt",
        what: "metal RMSE",
        value: 2.1,
        unit: "K",
        limit: "<= 3 K",
        verdict: "holds",
        timeUs: PLANT_US,
        newestSampleUs: PLANT_US - SECOND,
      },
    ]);
    assert.deepEqual(rows[5]!.path, ["src", "st", "wi", "opt", "env", "act"]);
  });

  it("writes no number that JSON has no word for", () => {
    const evidence = [record(1, "age p99", "fails", { value: Number.NaN })];
    assert.equal(issued({ evidence })!.rows[1]!.evidence[0]!.value, null);
  });

  it("tells a fall with its cause, newest first, and since when it stands lower", () => {
    const changes = [
      change(0, 5, "5 autonomous: envelope commissioned and armed 1", 5),
      change(5, 4, "5 autonomous: not armed", 10),
      { ...change(5, 0, "another twin's", 12), twin: "acme/other" },
      change(4, 2, "3 predictive: worse than persistence", 15),
    ];
    const evidence = [
      ...ovenEvidence(false),
      record(3, "MASE", "fails", { cause: "worse than persistence" }),
    ];
    const { held, since, falls, enough } = issued({ evidence, changes })!;
    assert.deepEqual([held, enough], [2, false]);
    assert.deepEqual(falls, [
      { from: 4, to: 2, cause: "3 predictive: worse than persistence", timeUs: WALL_US + 15 * SECOND },
      { from: 5, to: 4, cause: "5 autonomous: not armed", timeUs: WALL_US + 10 * SECOND },
    ]);
    assert.deepEqual(since, {
      wallTimeUs: WALL_US + 15 * SECOND,
      from: 4,
      cause: "3 predictive: worse than persistence",
    });
  });

  it("keeps to five falls", () => {
    const changes = Array.from({ length: 8 }, (_, n) => change(5, 4, `fall ${n}`, n));
    const { falls } = issued({ changes })!;
    assert.ok(!isNotKnown(falls));
    assert.deepEqual(
      falls.map(({ cause }) => cause),
      ["fall 7", "fall 6", "fall 5", "fall 4", "fall 3"],
    );
  });

  it("tells each source's link: what is declared, and what was heard", () => {
    assert.deepEqual(issued()!.links, [
      {
        node: "src",
        name: "oven PLC",
        type: "rung-opcua-source",
        link: { node: "plant", name: "virtual plant" },
        declared: "virtual",
        heard: { source: "opcua:plant:src", reality: "virtual", open: true, lastSignUs: PLANT_US - SECOND },
      },
    ]);
  });

  it("is undefined for a twin the flow does not have", () =>
    assert.equal(issued({ twin: "acme/none" }), undefined));

  describe("acting or read-only", () => {
    it("acts while its commissioned envelope is armed", () =>
      assert.deepEqual(access(issued()!), {
        mode: "acting",
        reason: "armed to act until 2026-11-22 09:00 UTC",
      }));
    const READ_ONLY: Record<string, [facts: object, reason: string]> = {
      "not armed": [{ mode: "observe" }, "not armed"],
      disarmed: [{ mode: "observe", disarmedBecause: "e-stop" }, "disarmed: e-stop"],
      "on hold": [{ hold: "stale input" }, "on hold: stale input"],
      "never commissioned": [
        { commissioned: false, commissionedHash: null },
        "the envelope was never commissioned",
      ],
      "changed since": [
        { commissioned: false },
        "the envelope that the flow wants is not the one that was commissioned",
      ],
    };
    for (const [what, [facts, reason]] of Object.entries(READ_ONLY))
      it(`reads only where it is ${what}`, () =>
        assert.deepEqual(access(issued({ host: withEnvelope(facts) })!), { mode: "read-only", reason }));
    it("acts where a person approves each write", () =>
      assert.deepEqual(access(issued({ host: withEnvelope({ mode: "advise" }) })!), {
        mode: "acting",
        reason: "armed until 2026-11-22 09:00 UTC to write what a person approves",
      }));
    it("reads only where no actuator runs", () => {
      const { acting } = issued({ host: { ...HOST, actuator: () => "absent" } })!;
      assert.deepEqual([acting.mode, acting.reason], ["read-only", "no actuator runs"]);
      assert.deepEqual(acting.envelope, { notKnown: "no actuator runs" });
    });
    it("reads only where the flow leads to no actuate, and asks no actuator", () => {
      const host: HostFacts = { ...HOST, actuator: () => assert.fail("asked") };
      const flow = draw("src opcua-source > st state > his history");
      const { acting } = issued({ flow, host })!;
      assert.deepEqual(acting, {
        mode: "read-only",
        reason: "no actuate on a path of this twin",
        actuates: [],
        envelope: null,
        isolation: null,
        unguardedOutputs: [],
      });
    });
    it("says that it does not know while the actuator does not answer", () => {
      const facts = notKnown("actuator: connection refused");
      const { acting } = issued({ host: { ...HOST, actuator: () => facts } })!;
      assert.deepEqual([acting.mode, acting.envelope, acting.isolation], [facts, facts, facts]);
    });
    it("never says read-only of a twin whose data reaches an unguarded output", () => {
      const flow = draw("src opcua-source > st state > his history; st > m 'mqtt out'");
      const { acting } = issued({ flow })!;
      const past = "could write to the plant past the envelope: mqtt out m";
      assert.deepEqual([acting.mode, acting.reason], [{ notKnown: past }, past]);
      assert.deepEqual(acting.unguardedOutputs, [{ node: "m", type: "mqtt out" }]);
    });
    const PARENT = "acme/leipzig/paint";
    const family = [
      ...LOOP.map((node) => (node.id === "oven" ? { ...node, parent: "shop" } : node)),
      { id: "shop", type: "rung-twin", name: "shop", address: PARENT },
    ] as Node[];
    it("is what its parts are: a parent acts where one of them does", () => {
      let asked: readonly string[] = [];
      const host: HostFacts = {
        ...HOST,
        actuator: (twins) => {
          asked = twins;
          return ACTUATOR;
        },
      };
      assert.equal(issued({ flow: family, host, twin: PARENT })!.acting.mode, "acting");
      assert.deepEqual(asked, [PARENT, OVEN]);
      const past = [...family, { id: "m", type: "mqtt out", z: "tab", x: 1, y: 1, wires: [] }].map((node) =>
        node.id === "det" ? { ...node, wires: [["m"]] } : node,
      ) as Node[];
      const idle = withEnvelope({ mode: "observe" });
      assert.match(
        issued({ flow: past, host: idle, twin: PARENT })!.acting.reason,
        /past the envelope: mqtt out m/,
      );
    });
    it("reads only where the actuator's envelopes are all other twins'", () => {
      const host: HostFacts = { ...HOST, actuator: () => ({ ...ACTUATOR, envelope: null }) };
      const { acting } = issued({ flow: family, host, twin: PARENT })!;
      assert.deepEqual([acting.mode, acting.reason], ["read-only", "no actuate on a path of this twin"]);
    });
    it("asks for an actuate by remote control too", () => {
      const flow = draw(
        "src opcua-source > st state > his history; in 'inject' > env envelope > act actuate",
        {
          env: { twin: "oven" },
        },
      );
      assert.equal(issued({ flow })!.acting.mode, "acting");
    });
  });

  describe("what is not known says so, with the reason", () => {
    it("held, since and evidence of a flow that does not run", () => {
      const passport = unmeasured();
      const reason = { notKnown: OFFLINE };
      const { held, enough, since, wired, acting } = passport;
      assert.deepEqual([held, enough, since, wired], [reason, reason, reason, 5]);
      assert.deepEqual([passport.capabilities.held, passport.issued.linkTimeUs], [reason, reason]);
      assert.deepEqual([acting.mode, passport.links[0]!.heard], [reason, reason]);
      assert.deepEqual(
        passport.rows.map(({ verdict, fact }) => [verdict, fact]),
        Array.from({ length: 6 }, () => ["not measured", OFFLINE]),
      );
    });
    it("rows that are not wired say what they need", () => {
      const { rows } = unmeasured(draw("src opcua-source > st state > his history"));
      assert.deepEqual(
        rows.slice(2).map(({ verdict, fact }) => [verdict, fact]),
        [
          ["not wired", "needs a detector"],
          ["not wired", "needs a forecast"],
          ["not wired", "needs an optimiser"],
          ["not wired", "needs an optimiser"],
        ],
      );
    });
    it("link clock, source, calibration and changes where there are none", () => {
      const host: HostFacts = {
        clockUs: () => undefined,
        heard: () => notKnown("nothing came from it yet"),
        actuator: () => "absent",
        calibration: () => notKnown("no calibration is stored"),
      };
      const { issued: when, links, model, since, held } = issued({ host, evidence: [], changes: [] })!;
      assert.deepEqual(when.linkTimeUs, { notKnown: "no link of this twin is open" });
      assert.deepEqual(links[0]!.heard, { notKnown: "nothing came from it yet" });
      assert.deepEqual(model.nodes[0]!.calibration, { notKnown: "no calibration is stored" });
      assert.equal(held, 0);
      assert.deepEqual(since, { notKnown: "no change of the held rung is recorded" });
    });
    it("the version of a twin that has no model", () => {
      const { model, reality } = unmeasured(draw("st state"));
      assert.deepEqual(model, {
        version: { notKnown: "no model, detector or forecast on a path of this twin" },
        nodes: [],
      });
      assert.deepEqual(reality, { notKnown: "no source feeds this twin" });
    });
  });

  describe("hashes", () => {
    const edited = (id: string, more: object) =>
      LOOP.map((node) => (node.id === id ? { ...node, ...more } : node)) as Node[];
    const version = (flow: readonly Node[], host = HOST) => issued({ flow, host })!.model.version;

    it("the passport's is that of its content, also after JSON, and no other content has it", () => {
      const passport = issued()!;
      const read = JSON.parse(JSON.stringify(passport)) as Passport;
      assert.ok(isWhole(read));
      assert.ok(!isWhole({ ...read, held: 4 }));
      assert.equal(passport.hash, issued()!.hash);
    });
    it("the flow's is the same after moving and reordering, and another after any parameter", () => {
      const moved = edited("det", { x: 700, y: 20, l: false }).reverse();
      assert.equal(flowHash(moved), flowHash(LOOP));
      assert.equal(flowHash({ flows: LOOP }), flowHash(LOOP));
      assert.equal(flowHash(edited("det", { credentials: { password: "secret" } })), flowHash(LOOP));
      for (const more of [{ name: "other" }, { wires: [["st"]] }, { hours: 9 }, { d: true }])
        assert.notEqual(flowHash(edited("det", more)), flowHash(LOOP), JSON.stringify(more));
    });
    it("the flow's takes a subflow's wires, but not where its ports stand", () => {
      const subflow = (x: number, id: string) => [
        { id: "s", type: "subflow", in: [{ x, y: x, wires: [{ id }] }] },
      ];
      assert.equal(flowHash(subflow(1, "a")), flowHash(subflow(2, "a")));
      assert.notEqual(flowHash(subflow(1, "a")), flowHash(subflow(1, "b")));
    });
    it("the model's follows its parameters and its calibration, not names, places or wires", () => {
      for (const more of [{ name: "other" }, { x: 9 }, { g: "group" }])
        assert.equal(version(edited("om", more)), version(LOOP), JSON.stringify(more));
      assert.notEqual(version(edited("om", { oven: '{"zones":5}' })), version(LOOP));
      const other = { ...(HOST.calibration("", "") as object), hash: "0".repeat(64) };
      assert.notEqual(version(LOOP, { ...HOST, calibration: () => other as never }), version(LOOP));
    });
    it("the model's inside a subflow follows the instance's values", () => {
      const flow = (zones: string): Node[] => [
        ...draw("st state"),
        { id: "s", type: "subflow", env: [{ name: "OVEN", value: "" }] },
        { id: "in", type: "rung-oven", z: "s", x: 1, y: 1, wires: [], twin: "oven", oven: "$" + "{OVEN}" },
        {
          id: "i",
          type: "subflow:s",
          z: "tab",
          x: 1,
          y: 1,
          wires: [],
          env: [{ name: "OVEN", value: zones }],
        },
      ];
      const [five, six] = [unmeasured(flow("5")).model, unmeasured(flow("6")).model];
      assert.equal(five.nodes[0]!.node, "i-in");
      assert.notEqual(five.version, six.version);
    });
    it("the model's is not known off files where a detector's calibration counts", () => {
      assert.deepEqual(unmeasured().model.version, { notKnown: OFFLINE });
      const { model } = unmeasured(draw("om oven", { om: { twin: "oven" } }));
      assert.match(String(model.version), /^[0-9a-f]{64}$/);
    });
  });

  it("names parent and parts, the weakest first, and which of them limit it", () => {
    const part = (id: string, more: object = {}): Node[] => [
      { id, type: "rung-twin", name: id, address: `${OVEN}/${id}`, parent: "oven", ...more },
      {
        id: `${id}-src`,
        type: "rung-opcua-source",
        z: "tab",
        x: 1,
        y: 1,
        link: "plant",
        wires: [[`${id}-st`]],
      },
      { id: `${id}-st`, type: "rung-state", z: "tab", x: 1, y: 1, twin: id, wires: [[`${id}-his`]] },
      { id: `${id}-his`, type: "rung-history", z: "tab", x: 1, y: 1, wires: [] },
    ];
    const flow = [
      ...draw(""),
      ...part("fan"),
      ...part("burner"),
      ...part("door", { needed: false, neededReason: "spare" }),
    ];
    const live = record(1, "age p99", "holds", { twin: `${OVEN}/burner`, node: "burner-src", id: "b" });
    const { family } = issued({ flow, evidence: [live] })!;
    assert.deepEqual(family, {
      parent: null,
      children: [
        { address: `${OVEN}/door`, name: "door", wired: 1, held: 0, needed: false, limits: false },
        { address: `${OVEN}/fan`, name: "fan", wired: 1, held: 0, needed: true, limits: true },
        { address: `${OVEN}/burner`, name: "burner", wired: 1, held: 1, needed: true, limits: false },
      ],
    });
    const { family: own } = issued({ flow, evidence: [live], twin: `${OVEN}/fan` })!;
    assert.deepEqual(own, { parent: { address: OVEN, name: "oven 1", wired: 1, held: 0 }, children: [] });
  });
});
