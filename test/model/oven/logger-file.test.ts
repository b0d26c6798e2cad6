import assert from "node:assert/strict";
import { RungError } from "../../../runtime/core/errors.ts";
import { channelsFor } from "../../../runtime/model/oven/channel-map.ts";
import { decodeText } from "../../../runtime/model/oven/delimited-text.ts";
import {
  type LoggerFile,
  type LoggerHints,
  readLoggerFile,
} from "../../../runtime/model/oven/logger-file.ts";

const read = (text: string, hints?: LoggerHints): LoggerFile => readLoggerFile(text, "profile.csv", hints);
const says = (text: string, said: RegExp, hints?: LoggerHints): void => {
  assert.throws(
    () => read(text, hints),
    (fault: unknown) => fault instanceof RungError && said.test(fault.message),
    said.source,
  );
};
const columns = (file: LoggerFile): Record<string, number[]> =>
  Object.fromEntries(file.channels.map(({ name, celsius }) => [name, [...celsius]]));

/** The same three samples of the same two probes, in the forms in which programs write them. */
const FORMS: Record<string, string> = {
  "comma, seconds, unit in the heading":
    "Time (s),Roof (°C),Rocker (°C)\n0,25.0,24.5\n5,30.5,25\n10,36,26.25\n",
  "semicolon, decimal comma, clock from 0": [
    "Ofenprofil;Linie 2",
    "Datum;12.01.2026",
    "Start;06:00:05",
    "",
    "Zeit;Roof;Rocker",
    "hh:mm:ss;°C;°C",
    "00:00:00;25,0;24,5",
    "00:00:05;30,5;25,0",
    "00:00:10;36,0;26,25",
  ].join("\r\n"),
  "tabs, minutes and seconds, separator at the end of each line": [
    "Process name:\tE-coat oven",
    "Sample interval:\t00:05",
    "Time [mm:ss]\tRoof [degC]\tRocker [degC]\t",
    "0:00\t25.0\t24.5\t",
    "0:05\t30.5\t25.0\t",
    "0:10\t36.0\t26.25\t",
  ].join("\n"),
  "Fahrenheit with a numbered sample, date and time of the day": [
    '"Logger","SN 1234"',
    '"No.","Date","Time","Roof °F","Rocker °F"',
    '"1","01/12/2026","11:59:55 PM","77.0","76.1"',
    '"2","01/13/2026","12:00:00 AM","86.9","77"',
    '"3","01/13/2026","12:00:05 AM","96.8","79.25"',
  ].join("\n"),
  "minutes as numbers, and a list of probes that is no table": [
    "1;Roof",
    "2;Rocker",
    "3;(not used)",
    "Elapsed time (min);Roof (C);Rocker (C)",
    "0;25;24,5",
    "0,0833333333333;30,5;25",
    "0,1666666666667;36;26,25",
  ].join("\n"),
  "no time, the interval in the head": [
    "Sample interval (s),5",
    "Temperature unit,°C",
    "Sample,Roof,Rocker",
    "1,25.0,24.5",
    "2,30.5,25.0",
    "3,36.0,26.25",
  ].join("\n"),
  "a date and a time in one cell, and a remark": [
    "sep=;",
    "Timestamp;Roof [°C];Rocker [°C];Remark",
    "2026-01-12 06:00:05;25.0;24.5;start",
    "2026-01-12 06:00:10;30.5;25.0;",
    "2026-01-12 06:00:15;36.0;26.25;",
    "Maximum;36.0;26.25;",
  ].join("\n"),
};

describe("profile of a logger", () => {
  for (const [form, text] of Object.entries(FORMS)) {
    it(`is read: ${form}`, () => {
      const file = read(text);
      const { timeS } = file;
      const fromStart = [...timeS].map((t) => Math.round((t - timeS[0]!) * 1e6) / 1e6);
      assert.deepEqual(fromStart, [0, 5, 10]);
      assert.deepEqual(
        file.channels.map((channel) => channel.name),
        ["Roof", "Rocker"],
      );
      const expected = { Roof: [25, 30.5, 36], Rocker: [24.5, 25, 26.25] };
      for (const [name, values] of Object.entries(columns(file))) {
        for (const [i, celsius] of values.entries())
          assert.ok(Math.abs(celsius - expected[name as "Roof"][i]!) < 1e-9, `${name} ${i}: ${celsius}`);
      }
    });
  }

  it("knows a clock from elapsed time, and keeps what stands before the table", () => {
    assert.equal(read(FORMS["a date and a time in one cell, and a remark"]!).clock, true);
    const german = read(FORMS["semicolon, decimal comma, clock from 0"]!);
    assert.equal(german.clock, false);
    assert.deepEqual(german.metadata, [
      ["Ofenprofil", "Linie 2"],
      ["Datum", "12.01.2026"],
      ["Start", "06:00:05"],
    ]);
  });

  it("knows what failed probes look like", () => {
    const failures = [
      "---",
      "--.-",
      "OPEN",
      "Open circuit",
      "OL",
      "9999",
      "9999.9",
      "-9999",
      "NaN",
      "N/A",
      "****",
      "",
      "ERR",
      "32767",
      "Bruch",
    ];
    const file = read(
      `Time (s);Roof (°C);Rocker (°C)\n${failures.map((cell, i) => `${i};${cell};2${i}`).join("\n")}\n`,
    );
    assert.equal(file.channels[0]!.failed, failures.length);
    assert.equal(file.channels[1]!.failed, 0);
  });

  it("leaves out what no oven's probe can show, and says so", () => {
    const file = read("Time (s);Roof\n0;25\n1;1372\n2;26\n");
    assert.deepEqual([...file.channels[0]!.celsius], [25, Number.NaN, 26]);
    assert.deepEqual(file.notes, [
      "Roof: no unit is said; read as °C",
      "Roof: 1 samples beyond -50 to 600 °C are left out",
    ]);
  });

  it("takes no probe for the time", () => {
    const file = read("Zeit;T1;Tür;T [°C]\n0:00:00;25;26;27\n0:00:05;26;27;28\n0:00:10;27;28;29\n");
    assert.deepEqual(columns(file), { T1: [25, 26, 27], Tür: [26, 27, 28], T: [27, 28, 29] });
    assert.deepEqual([...read("t [min];T1 [°C]\n0;25\n1;26\n2;27\n").timeS], [0, 60, 120]);
  });

  it("takes a letter for a name, and the unit from the head", () => {
    const file = read("Units;F\nTime (s);E;F\n0;77;86\n1;77;86\n2;77;86\n");
    assert.deepEqual(columns(file), { E: [25, 25, 25], F: [30, 30, 30] });
    assert.deepEqual(columns(read("Time (s);E;F\n0;77;86\n1;77;86\n2;77;86\n")).F, [86, 86, 86]);
  });

  it("finds the mark", () => {
    const file = read("Time (s);Event;Roof (°C)\n0;;25\n5;0;25\n10;1;26\n15;;30\n");
    assert.equal(file.markS, 10);
    assert.deepEqual(
      file.channels.map((channel) => channel.name),
      ["Roof"],
    );
    assert.equal(read(FORMS["comma, seconds, unit in the heading"]!).markS, undefined);
  });

  it("says line and column of what it cannot read", () => {
    const row = "Time (s);Roof (°C);Door (°C)\n0;25;25\n5;30;x1\n10;36;31\n15;40;33\n";
    says(row, /profile\.csv line 3, column 3 \(Door \(°C\)\): "x1" is no temperature/);
    says(row.replace("x1", "29").replace("10;", "1O;"), /line 4, column 1 \(Time \(s\)\): "1O" is no time/);
    says(
      row.replace("x1", "29").replace("10;", "5;"),
      /line 4, column 1.*"5" is not after the time before it/,
    );
    says(
      row.replace("x1", "29,5").replace("36;", "36.5;"),
      /line 4, column 2: "36\.5" is written with "\.", line 3 with ","/,
    );
    says(
      'Time (s);Roof\n0;25\n5;"30\n10;36\n',
      /profile\.csv: no table found|line 3, column 2: a quote is not closed/,
    );
    says("a report\nof something\n", /no table found/);
    says(
      "Time;Roof (°C)\n0;25\n5;30\n10;36\n",
      /line 2, column 1: "Time" does not say the unit of its times \(say it with --time s/,
    );
    says(
      "Time;Roof (°C)\n0:00;25\n0:05;30\n0:10;36\n",
      /"0:00" may be minutes and seconds or hours and minutes/,
    );
    says("Date;Time (s)\n1;0\n2;5\n3;10\n", /has no column of a probe: its columns are Date, Time \(s\)/);
    says("Scan;Roof (°C)\n1;25\n2;30\n3;36\n", /no column is the time and no line says the sample interval/);
  });

  it("takes a person's word for what the file does not say", () => {
    const minutes = read("Time;Roof\n0;77\n1;86\n2;95\n", { timeUnit: "min", temperatureUnit: "F" });
    assert.deepEqual([...minutes.timeS], [0, 60, 120]);
    assert.deepEqual([...minutes.channels[0]!.celsius], [25, 30, 35]);
    const clock = "Time;Roof (°C)\n0:00;25\n0:05;30\n0:10;36\n";
    assert.deepEqual([...read(clock, { timeUnit: "mm:ss" }).timeS], [0, 5, 10]);
    assert.deepEqual([...read(clock, { timeUnit: "hh:mm" }).timeS], [0, 300, 600]);
  });

  it("decodes what Windows programs write", () => {
    const text = "Zeit (s);Dach (°C)\r\n";
    assert.equal(decodeText(new TextEncoder().encode(text)), text);
    assert.equal(decodeText(Uint8Array.from(Buffer.from(text, "latin1"))), text);
    assert.equal(decodeText(Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, "utf16le")])), text);
  });
});

describe("channels of a profile", () => {
  const channels = ["Roof outside", "A-Pillar", "door"].map((name) => ({
    name,
    celsius: new Float64Array(1),
    failed: 0,
  }));
  const find = (names: string[], map?: Record<string, string>): string[] =>
    channelsFor(names, channels, "node", "profile.csv", map).map((channel) => channel.name);
  const fails = (names: string[], said: RegExp, map?: Record<string, string>): void => {
    assert.throws(() => find(names, map), said);
  };

  it("are found by name, however it is written", () => {
    assert.deepEqual(find(["door", "aPillar", "roof"]), ["door", "A-Pillar", "Roof outside"]);
    assert.deepEqual(find(["rocker", "door"], { rocker: "Roof outside" }), ["Roof outside", "door"]);
  });

  it("are asked for where there is none, or one for two", () => {
    fails(
      ["rocker", "sill", "door"],
      /profile\.csv: no one channel for the nodes rocker, sill; its channels are Roof outside, A-Pillar, door \(map it, for example --map rocker=Roof outside\)/,
    );
    fails(["door", "rocker"], /door and rocker would share the channel door/, { rocker: "door" });
    fails(["door"], /--map names bonnet \(the nodes are door\)/, { bonnet: "door" });
  });
});
