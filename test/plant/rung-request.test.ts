import assert from "node:assert/strict";
import { RESULT } from "../../plant/plc/request-block.ts";
import { REQUEST_RESULT, requestResultWord } from "../../runtime/act/plant-view.ts";
import { firstDifference, type Seen } from "./structured-text/beside-the-twin.ts";
import { type Block, Instance } from "./structured-text/machine.ts";
import { mutantsOf } from "./structured-text/mutants.ts";
import { blockOf, plcText } from "./structured-text/plc-texts.ts";

const TEXT = plcText("FB_RungRequest");
const SCANS = 200;
/** Sessions that a mutant must show itself in. */
const MUTANT_SESSIONS = 150;

/** They only say once more what the scan before left so. */
const SAID_TWICE = ["left out: next := Setpoint;", "left out: answer := Result;"];

describe("docs/plc: FB_RungRequest beside the virtual plant's request block", () => {
  const block = blockOf("FB_RungRequest", TEXT);

  it("gives the same outputs at every one of 100,000 scans, by every way there is", () => {
    const seen: Seen = { results: new Set(), scans: 0, ended: 0 };
    for (let seed = 1; seed <= 500; seed++) {
      assert.equal(firstDifference(block, seed, SCANS, seen), undefined);
    }
    assert.deepEqual([...seen.results].sort(), Object.values(RESULT));
    assert.equal(seen.scans, 100_000);
    assert.ok(seen.ended > 1_000, `${seen.ended} requests that were in force ended`);
  });

  it("differs as soon as one comparison, truth, number or line of the text is changed", () => {
    const mutants = mutantsOf(TEXT);
    assert.ok(mutants.length > 80, `${mutants.length} mutants`);
    const alike = mutants.filter(({ text }) => !isFound(text)).map(({ what }) => what);
    assert.deepEqual(alike, SAID_TWICE);
  });

  it("answers with the numbers that the actuator knows", () => {
    assert.deepEqual(Object.values(REQUEST_RESULT), Object.values(RESULT));
    for (const result of Object.values(RESULT)) assert.doesNotMatch(requestResultWord(result), /unknown/);
    assert.match(requestResultWord(9), /unknown answer 9/);
  });

  it("takes no mixture of two requests, wherever in its scans the writes arrive", () => {
    assert.deepEqual(mixtures(block), []);
  });

  it("would take a mixture if it looked at the sequence after the value", () => {
    const line = "newSequence := Sequence;\n";
    const late = TEXT.replace(line, "").replace(
      "newExpected := Expected;\n",
      `newExpected := Expected;\n${line}`,
    );
    assert.notEqual(late, TEXT);
    assert.notDeepEqual(mixtures(blockOf("FB_RungRequest", late)), []);
  });

  it("in the example: the controller gets the setpoint in force, and nothing else is driven", () => {
    let zone = new Instance(blockOf("OvenZone3", TEXT, plcText("OvenZone3")));
    let request = zone.parts.get("REQUEST")!;
    let tickMs = 0;
    const scan = (changes: Record<string, number | boolean> = {}): unknown[] => {
      for (const [name, value] of Object.entries(changes)) zone.set(name, value);
      tickMs += 100;
      zone.scan({ tickMs });
      assert.equal(zone.get("AirTempSP"), request.get("Setpoint"));
      assert.equal(zone.get("ControllerSetpoint"), Math.fround(request.get("Setpoint") as number));
      return [request.get("Setpoint"), request.get("Result")];
    };
    const ask = (value: number, expected: number): void => {
      request.set("Value", value);
      request.set("Expected", expected);
      request.set("TtlMs", 1_000);
      request.set("Sequence", (request.get("Sequence") as number) + 1);
    };
    assert.deepEqual(scan({ SafetyCircuitClosed: true }), [195, RESULT.idle]);
    ask(197.3, 195);
    assert.deepEqual(scan(), [197.3, RESULT.accepted]);
    tickMs += 800;
    assert.deepEqual(scan(), [197.3, RESULT.accepted]);
    assert.deepEqual(scan(), [195, RESULT.timedOut]);
    ask(250, 195);
    assert.deepEqual(scan(), [200, RESULT.clamped]);
    assert.deepEqual(scan({ SafetyCircuitClosed: false }), [195, RESULT.emergencyStop]);
    assert.deepEqual(scan({ SafetyCircuitClosed: true, PanelSet: true, PanelValue: 188.5 }), [188.5, 7]);
    ask(190, 188.5);
    assert.deepEqual(scan({ LocalKey: true }), [188.5, RESULT.refusedLocal]);
    assert.deepEqual(scan({ LocalKey: false, PanelValue: 150 }), [188.5, RESULT.refusedLocal]);
    // A warm start brings back what a person set, not what was requested; a cold one the program's own.
    ask(190, 188.5);
    assert.deepEqual(scan(), [190, RESULT.accepted]);
    zone = zone.afterWarmStart();
    request = zone.parts.get("REQUEST")!;
    ask(150, 188.5);
    assert.deepEqual(scan({ SafetyCircuitClosed: true, FirstScan: true }), [188.5, RESULT.idle]);
    assert.deepEqual(scan({ FirstScan: false }), [188.5, RESULT.idle]);
    zone = new Instance(zone.block);
    request = zone.parts.get("REQUEST")!;
    assert.deepEqual(scan({ SafetyCircuitClosed: true }), [195, RESULT.idle]);
    const outputs = [...zone.block.variables].filter(([, { section }]) => section === "VAR_OUTPUT");
    assert.deepEqual(
      outputs.map(([name]) => name),
      ["AIRTEMPSP", "CONTROLLERSETPOINT"],
    );
  });
});

/** Whether a changed text shows itself: by another output, or by a value that no PLC could hold. */
function isFound(text: string): boolean {
  const block = blockOf("FB_RungRequest", text);
  for (let seed = 1; seed <= MUTANT_SESSIONS; seed++) {
    try {
      if (firstDifference(block, seed, SCANS) !== undefined) return true;
    } catch (error) {
      if (error instanceof RangeError) return true;
      throw error;
    }
  }
  return false;
}

/**
 * Lets a writer's two writes arrive between any two statements of two scans: first all but the sequence, over what an
 * earlier request left there, then the sequence.
 * @returns what was seen that belongs to neither the old setpoint nor the whole new request
 */
function mixtures(block: Block): string[] {
  const found: string[] = [];
  const statements = statementsIn(block);
  for (let first = 0; first <= 2 * statements; first++) {
    for (let last = first; last <= 2 * statements; last++) {
      const plc = ready(block);
      let at = 0;
      const beforeStatement = (): void => {
        if (at === first) write(plc, { Value: 198, Expected: 195, TtlMs: 60_000, Heartbeat: 1 });
        if (at === last) plc.set("Sequence", 2);
        at++;
        const [setpoint, result] = [plc.get("Setpoint"), plc.get("Result")];
        const isWhole = plc.get("EchoSequence") !== 2 || (setpoint === 198 && result === RESULT.accepted);
        if (!isWhole || (setpoint !== 195 && setpoint !== 198)) {
          found.push(`written before ${first} and ${last}: ${setpoint}, result ${result} before ${at - 1}`);
        }
      };
      for (let scan = 1; scan <= 4; scan++) plc.scan({ tickMs: 100 * scan, beforeStatement });
      if (plc.get("Setpoint") !== 198) found.push(`written before ${first} and ${last}: never taken`);
    }
  }
  return found;
}

/** After a request that was refused, and left its value. */
function ready(block: Block): Instance {
  const plc = new Instance(block);
  write(plc, { Low: 110, High: 200, StartSetpoint: 195 });
  plc.scan({ tickMs: 0 });
  write(plc, { Value: 150, Expected: 170, TtlMs: 1_000, Sequence: 1 });
  plc.scan({ tickMs: 0 });
  assert.equal(plc.get("Result"), RESULT.refusedExpected);
  return plc;
}

function statementsIn(block: Block): number {
  let count = 0;
  ready(block).scan({ tickMs: 0, beforeStatement: () => count++ });
  return count;
}

function write(plc: Instance, values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) plc.set(name, value);
}
