import assert from "node:assert/strict";
import { readLicensedTable } from "../../../runtime/model/ergonomics/licensed-table.ts";
import { readShiftWork } from "../../../runtime/model/ergonomics/shift-work.ts";

// The codes and figures here are made up: no licensed sheet has them.
const MADE_UP = `code;text;tmu;points
X1;"made up; reach";100;0,5
X2;made up turn;250;
`;

describe("licensed table", () => {
  it("reads CSV with decimal commas between semicolons, TMU as seconds", () => {
    const table = readLicensedTable(MADE_UP, "sheet.csv");
    assert.deepEqual(
      [...table.values()],
      [
        { code: "X1", text: "made up; reach", timeS: 3.5999999999999996, points: 0.5 },
        { code: "X2", text: "made up turn", timeS: 9, points: 0 },
      ],
    );
  });

  it("reads JSON", () => {
    const table = readLicensedTable('[{"code": "X1", "seconds": 1.5, "points": 2}]', "sheet.json");
    assert.deepEqual(table.get("X1"), { code: "X1", text: "", timeS: 1.5, points: 2 });
  });

  it("gives a task its time and points by its codes", () => {
    const table = readLicensedTable("code,seconds,points\nX1,2,1\nX2,3,0.5\n", "sheet.csv");
    const shift = {
      cycleS: 60,
      tasks: [{ name: "fit", elements: [{ code: "X1", times: 2 }, { code: "X2" }] }],
      operators: [{ name: "a", tasks: ["fit"] }],
    };
    const [operator] = readShiftWork(shift, "shift", table).operators;
    assert.deepEqual(operator!.tasks, [{ name: "fit", timeS: 7, points: 2.5, perCycle: 1 }]);
    const unknown = { ...shift, tasks: [{ name: "fit", elements: [{ code: "X9" }] }] };
    assert.throws(() => readShiftWork(unknown, "shift", table), /code X9 is not in the table/);
    assert.throws(() => readShiftWork(shift, "shift"), /code X1 needs the plant's licensed table/);
  });

  it("names line and fault of every wrong row", () => {
    const wrong = "code,seconds,tmu,points\nX1,1,,\nX1,1,,\nX2,1,2,\nX3,-1,,\nX4,fast,,\n,1,,\nX5,,,1\n";
    assert.throws(
      () => readLicensedTable(wrong, "sheet.csv"),
      (fault: Error) => {
        for (const said of [
          /sheet\.csv, line 3: code X1 stands twice/,
          /sheet\.csv, line 4: must give its time as seconds or as tmu/,
          /sheet\.csv, line 5: seconds must be >= 0 s, got -1/,
          /sheet\.csv, line 6: seconds must be >= 0 s, got "fast"/,
          /sheet\.csv, line 7: code must be a text, got nothing/,
          /sheet\.csv, line 8: must give its time as seconds or as tmu/,
        ])
          assert.match(fault.message, said);
        return true;
      },
    );
    assert.throws(() => readLicensedTable("code,minutes\nX1,1\n", "sheet.csv"), /has no field minutes/);
    assert.throws(() => readLicensedTable("code,seconds\n", "sheet.csv"), /has no element/);
    assert.throws(() => readLicensedTable("{}", "sheet.json"), /must be a list of elements/);
    assert.throws(() => readLicensedTable("", "sheet.csv"), /has no element/);
    assert.throws(() => readLicensedTable("[{", "sheet.json"), /sheet\.json: .*\(correct the JSON\)/s);
    assert.throws(
      () => readLicensedTable('code,text\nX1,"open\n', "sheet.csv"),
      /sheet\.csv: .*(quote|Quote)/s,
    );
  });
});
