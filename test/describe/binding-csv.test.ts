import assert from "node:assert/strict";
import {
  readBindingCsv,
  readRuleCsv,
  writeBindingCsv,
  writeRuleCsv,
} from "../../runtime/describe/binding-csv.ts";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";

const HEADER = "nodeId,path,unit,plantUnit,kind,type,periodMs,label,affectedBy,low,high,normalLow,normalHigh";
const PLAIN: BindingRow = {
  nodeId: "ns=1;s=Oven1.Zone3.AirTemp",
  path: "zone3/airTemperature",
  unit: "°C",
  plantUnit: "",
  kind: "measurement",
  type: "number",
  periodMs: 5000,
  label: "",
};

describe("binding tables as CSV", () => {
  it("come back as they were, whatever stands in them", () => {
    const rows: BindingRow[] = [
      PLAIN,
      {
        ...PLAIN,
        nodeId: 'ns=2;s="DB_Oven"."Zone 3"."Air, hot"',
        path: " /acme/leipzig/with blank",
        plantUnit: "°F",
        kind: "setpoint",
        type: "integer",
        periodMs: 0.125,
        label: 'two\nlines, and "quotes"; ',
        affectedBy: ["zone 3/burner output", "/acme/a|b;c"],
        limits: { low: -1e-7, high: 1e21, normalLow: 0, normalHigh: 0.1 },
      },
      { ...PLAIN, nodeId: "i=1", limits: { high: 3 } },
    ];
    const csv = writeBindingCsv(rows);
    assert.deepEqual(readBindingCsv(csv, "b.csv"), { rows, problems: [] });
    assert.equal(writeBindingCsv(readBindingCsv(csv, "b.csv").rows), csv);
    assert.equal(
      csv.slice(0, csv.indexOf("\n", HEADER.length + 1) + 1),
      `${HEADER}\nns=1;s=Oven1.Zone3.AirTemp,zone3/airTemperature,°C,,measurement,number,5000,,,,,,\n`,
    );
  });

  it("have columns for fields, events and methods where a row has them", () => {
    const rows: BindingRow[] = [
      PLAIN,
      { ...PLAIN, nodeId: "ns=1;s=Pose", field: "position.x" },
      { ...PLAIN, nodeId: "i=2253", type: "structure", periodMs: 0, reads: "events", minSeverity: 500 },
      { ...PLAIN, reads: "method", objectId: "ns=1;s=Robot", inputs: [1, 'north, "hot"'], onlyReads: true },
      { ...PLAIN, reads: "method", onlyReads: false, inputs: [] },
    ];
    const csv = writeBindingCsv(rows);
    assert.equal(
      csv.slice(0, csv.indexOf("\n")),
      `${HEADER},reads,field,minSeverity,objectId,inputs,onlyReads`,
    );
    assert.deepEqual(readBindingCsv(csv, "b.csv"), { rows, problems: [] });
    assert.match(
      readBindingCsv("nodeId,path,inputs\nns=1;s=A,a,1 2\n", "b.csv").problems[0]!.message,
      /line 2, column inputs/,
    );
  });

  it("are the same bytes again after 5,000 rows", () => {
    const lines = Array.from(
      { length: 5000 },
      (_, i) => `ns=1;s=Line${i % 5}.Tag${i},line${i % 5}/tag${i},°C,,measurement,number,1000,,,,,,`,
    );
    const csv = `${HEADER}\n${lines.join("\n")}\n`;
    const { rows, problems } = readBindingCsv(csv, "large.csv");
    assert.deepEqual([rows.length, problems.length], [5000, 0]);
    assert.equal(writeBindingCsv(rows), csv);
  });

  it("are read with semicolons, tabs, a byte order mark, Windows line ends, empty lines and columns in any order", () => {
    for (const separator of [";", "\t"]) {
      const text = `\uFEFFpath${separator}nodeId${separator}periodMs\r\n\r\nzone3/airTemperature${separator}"ns=1;s=Oven1.Zone3.AirTemp"${separator}5000\r\n`;
      assert.deepEqual(readBindingCsv(text, "b.csv").rows, [{ ...PLAIN, unit: "" }]);
    }
  });

  it("name line and column of every cell that is wrong, and keep the rows that are right", () => {
    const text = [
      "nodeId,path,kind,type,periodMs,low",
      "a,x,measurement,number,1000,",
      "b,y,wish,number,soon,",
      '"c\nc",,measurement,number,-5,',
      "d,z,measurement,float,0,cold",
      "e,w,measurement",
      "f,v,,,,7",
    ].join("\n");
    const { rows, problems } = readBindingCsv(text, "b.csv");
    assert.deepEqual(
      rows.map(({ nodeId, kind, periodMs, limits }) => [nodeId, kind, periodMs, limits]),
      [
        ["a", "measurement", 1000, undefined],
        ["f", "measurement", 0, { low: 7 }],
      ],
    );
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        "b.csv, line 7, column 4: has 3 cells, the header 6 (one cell for each column, empty ones too)",
        'b.csv, line 3, column kind: "wish" is no kind: measurement, setpoint, command, estimate, parameter',
        'b.csv, line 3, column periodMs: "soon" is no number',
        "b.csv, line 4, column path: is empty",
        "b.csv, line 4, column periodMs: a period must be 0 or more milliseconds, got -5",
        'b.csv, line 6, column type: "float" is no type: number, integer, boolean, enum, string, time, structure, waveform',
        'b.csv, line 6, column low: "cold" is no number',
      ],
    );
  });

  it("are refused as a whole where header or quotes are wrong", () => {
    const fails = (text: string, message: RegExp) =>
      assert.throws(() => readBindingCsv(text, "b.csv"), { code: "malformed-table", message });
    fails("", /^b\.csv, line 1: has no column nodeId/);
    fails("nodeId,unit\n", /^b\.csv, line 1: has no column path \(the columns are nodeId, path, /);
    fails("nodeId,path,colour\n", /^b\.csv, line 1, column 3: "colour" is no column/);
    fails("nodeId,path,nodeId\n", /^b\.csv, line 1, column 3: nodeId stands twice/);
    fails('nodeId,path\na,b\nc,"d"e\n', /^b\.csv, line 3, column 2: Invalid Closing Quote/);
    fails('nodeId,path\na,"b\n', /^b\.csv, line \d+(, column \d+)?: Quote Not Closed/);
  });

  it("hold rules in the same way", () => {
    const rules = [
      { pattern: "Cell(\\d+)/Temp, (\\w+)", path: "cell$1/$2", unit: "°C", kind: "setpoint", periodMs: 500 },
      { pattern: "x", path: "y" },
    ] as const;
    const csv = writeRuleCsv(rules);
    assert.deepEqual(readRuleCsv(csv, "r.csv"), { rows: [...rules], problems: [] });
    assert.deepEqual(
      readRuleCsv("pattern,path,kind\n,y,no\n", "r.csv").problems.map(({ message }) => message),
      [
        "r.csv, line 2, column pattern: is empty",
        'r.csv, line 2, column kind: "no" is no kind: measurement, setpoint, command, estimate, parameter',
      ],
    );
  });
});
