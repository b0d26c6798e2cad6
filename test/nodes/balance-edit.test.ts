import assert from "node:assert/strict";
import { BALANCE_WORDS } from "../../nodes/dashboard/balance/balance-words.ts";
import { pxPerSecond, stationColumns } from "../../nodes/dashboard/balance/board-columns.ts";
import { BoardEdit, secondsText } from "../../nodes/dashboard/balance/board-edit.ts";
import { editedBalance } from "../../nodes/dashboard/balance/edited-balance.ts";
import { breachText } from "../../runtime/prescribe/balance/balance-breach.ts";
import {
  type BalanceMessage,
  proofText,
  takeBalance,
} from "../../runtime/prescribe/balance/balance-message.ts";
import { checkBalance } from "../../runtime/prescribe/balance/check-balance.ts";
import { JACKSON, JACKSON_BALANCE } from "./jackson-line.ts";

const columns = (edit: BoardEdit) => stationColumns(edit, BALANCE_WORDS.en);

describe("a balance that a person edits", () => {
  it("says after a move what broke, and takes it back to the very same board", () => {
    const edit = new BoardEdit(JACKSON_BALANCE);
    const before = columns(edit);
    assert.equal(edit.move("8", 1), "Task 8 to station 2. Broken: station 2 has 15 s of work in 10 s.");
    assert.equal(
      edit.move("6", 2),
      "Task 6 to station 3. Broken: task 6 must come before 8, and is at a later station; station 2 has 13 s of work in 10 s.",
    );
    assert.equal(edit.moves, 2);
    assert.deepEqual(
      edit.breaches().map(breachText).sort(),
      checkBalance(JACKSON, 10, edit.assignment()).map(breachText).sort(),
      "as the independent check finds it",
    );
    edit.undo();
    assert.match(edit.undo(), /^Task 8 back to station 4\. Mended: /);
    assert.equal(edit.undo(), "");
    assert.deepEqual(columns(edit), before);
  });

  it("offers one empty station behind the last, and none behind the places that there are", () => {
    const edit = new BoardEdit(JACKSON_BALANCE);
    assert.equal(edit.places, 7);
    assert.equal(edit.move("11", 7), "", "there is no eighth");
    assert.equal(edit.move("11", 6), "Task 11 to station 7.");
    assert.equal(edit.places, 8);
    assert.equal(edit.stations, 6, "station 6 is empty now");
    const stations = [{ id: "A" }, { id: "B" }, { id: "C" }, { id: "D" }, { id: "E" }, { id: "F" }];
    const fixed = new BoardEdit({ ...JACKSON_BALANCE, rules: { stations } });
    assert.equal(fixed.places, 6);
    assert.deepEqual(
      columns(fixed).map(({ title }) => title),
      ["A", "B", "C", "D", "E", "F"],
    );
  });

  it("stacks tasks by their time, marks tasks and stations that are broken, and keeps the shortest to be read", () => {
    const edit = new BoardEdit(JACKSON_BALANCE);
    edit.move("1", 1);
    const [first, second] = columns(edit);
    assert.deepEqual(
      second!.tasks.map(({ id, fromS, timeS, broken }) => [id, fromS, timeS, broken]),
      [
        ["1", 0, 6, true],
        ["4", 6, 7, false],
        ["6", 13, 2, false],
      ],
    );
    assert.equal(second!.load, "15 of 10 s");
    assert.deepEqual(second!.broken, ["station 2 has 15 s of work in 10 s"]);
    assert.deepEqual(
      first!.tasks.map(({ id, broken }) => [id, broken]),
      [
        ["2", true],
        ["5", true],
      ],
    );
    assert.equal(second!.tasks[1]!.says, "Task 4 · 7 s · after 1");
    assert.equal(pxPerSecond(columns(edit)), 24, "a task of 1 s is as high as a finger can hit");
    assert.equal(secondsText(0.25), "0.25");
  });

  it("draws a line on which every model must fit by the model with most work there", () => {
    const rules = {
      mixed: "worst" as const,
      models: [
        { name: "short", share: 1 },
        { name: "long", share: 1, timesS: { 4: 8 } },
      ],
    };
    const [, second] = columns(new BoardEdit({ ...JACKSON_BALANCE, rules }));
    assert.deepEqual(
      second!.tasks.map(({ timeS }) => timeS),
      [8, 2],
    );
    assert.equal(second!.loadS, 10);
  });
});

describe("a balance on a wire", () => {
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
    return "";
  };

  it("is taken whole or refused", () => {
    assert.equal(takeBalance(JACKSON_BALANCE, "board"), JACKSON_BALANCE);
    assert.throws(
      () => takeBalance({ kind: "scenario" }, "board"),
      /board: expected a balance, got a scenario \(wire a balance node to it\)/,
    );
    assert.equal(
      codeOf(() => takeBalance(null, "board")),
      "not-a-balance",
    );
    const { assignment: _, ...less } = JACKSON_BALANCE;
    assert.equal(
      codeOf(() => takeBalance(less, "board")),
      "not-a-balance",
    );
    assert.equal(
      codeOf(() => takeBalance({ ...JACKSON_BALANCE, cycleS: 0 }, "board")),
      "balance-cycle-time",
    );
    const looped = { ...JACKSON, tasks: [{ id: "1", timeS: 1, after: ["1"] }] };
    assert.equal(
      codeOf(() => takeBalance({ ...JACKSON_BALANCE, problem: looped }, "board")),
      "balance-cycle",
    );
  });

  it("says how good it is known to be", () => {
    const said = (proof: BalanceMessage["proof"]) =>
      proofText({ ...JACKSON_BALANCE, ...(proof === undefined ? {} : { proof }) });
    assert.equal(said(undefined), "6 stations; none can be below 5 stations (time was up)");
    assert.equal(
      said({
        kind: "stations",
        proven: true,
        bound: 6,
        endedBy: "proof",
        solver: "branch, bound and remember",
      }),
      "6 stations, proved to be the fewest",
    );
    assert.equal(
      said({
        kind: "cycle",
        proven: false,
        bound: 8,
        endedBy: "memory",
        solver: "branch, bound and remember",
      }),
      "cycle 10 s; none can be below 8 s (memory was full)",
    );
    assert.equal(
      said({
        kind: "efficiency",
        proven: true,
        bound: 60,
        endedBy: "proof",
        solver: "branch, bound and remember",
      }),
      "6 stations × 10 s, proved to be the least paid time",
    );
    const { proof: _, ...edited } = { ...JACKSON_BALANCE, editedBy: "planner" };
    assert.equal(proofText(edited), "6 stations, edited by planner");
  });

  it("leaves a board checked again, without the proof that was of another one", () => {
    const { madeAtUs } = JACKSON_BALANCE;
    const send = { ...JACKSON_BALANCE.assignment, 5: 2, 7: 3 };
    const sent = editedBalance(JACKSON_BALANCE, { send, madeAtUs }, "planner", madeAtUs);
    assert.deepEqual(sent.assignment, send);
    assert.equal("proof" in sent, false);
    assert.equal(sent.editedBy, "planner");
    assert.equal(sent.madeAtUs, madeAtUs + 1, "told apart from the one it was made of");
    assert.equal(takeBalance(sent, "board"), sent);
    assert.throws(
      () => editedBalance(JACKSON_BALANCE, { send: { ...send, 1: 1 }, madeAtUs }, "planner", madeAtUs),
      /balance board: task 1 must come before 2.* \(mend it, then send it\)/,
    );
    assert.equal(
      codeOf(() => editedBalance(JACKSON_BALANCE, { send, madeAtUs: 1 }, "planner", madeAtUs)),
      "another-balance",
    );
    assert.equal(
      codeOf(() => editedBalance(undefined, { send }, "planner", madeAtUs)),
      "another-balance",
    );
    assert.equal(
      codeOf(() =>
        editedBalance(JACKSON_BALANCE, { send: { ...send, 1: 1.5 }, madeAtUs }, "planner", madeAtUs),
      ),
      "balance-board",
    );
  });
});

describe("a balance in German", () => {
  it("names every breach and every proof", () => {
    const { breach, proof } = BALANCE_WORDS.de;
    assert.deepEqual(
      [
        breach({ kind: "unassigned", task: "3" }),
        breach({ kind: "precedence", before: "2", task: "3" }),
        breach({ kind: "overload", station: 0, loadS: 15, capacityS: 10, model: "B7" }),
        breach({ kind: "together", tasks: ["1", "2"] }),
        breach({ kind: "apart", station: 1, tasks: ["1", "2"] }),
        breach({ kind: "zone", station: 1, zones: ["a", "b"] }),
        breach({ kind: "equipment", task: "3", station: 1, missing: ["Schrauber"] }),
        breach({ kind: "side", task: "3", station: 1, wants: "both" }),
        breach({ kind: "ergonomics", station: 1, points: 40, most: 30 }),
      ],
      [
        "Vorgang 3 ist an keiner Station",
        "Vorgang 2 muss vor 3 kommen und ist an einer späteren Station",
        "Station 1 hat 15 s Arbeit für B7 in 10 s",
        "Vorgänge 1 und 2 gehören an eine Station",
        "Vorgänge 1 und 2 dürfen nicht beide an Station 2 sein",
        "Station 2 arbeitet in den Zonen a und b",
        "Station 2 fehlt Schrauber für Vorgang 3",
        "Station 2 hat nicht beide Seiten von Vorgang 3",
        "Station 2 hat 40 Ergonomiepunkte, mehr als 30",
      ],
    );
    assert.equal(proof(JACKSON_BALANCE), "6 Stationen; weniger als 5 Stationen geht nicht (die Zeit war um)");
  });
});
