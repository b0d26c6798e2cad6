import { writeFileSync } from "node:fs";
import { Compute } from "../compute/compute.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { type AirflowField, BOOTH_AIRFLOW } from "../model/booth/airflow-kernel.ts";
import type { AirflowPicture } from "../model/booth/airflow-picture.ts";
import { type BoothBalance, boothBalance } from "../model/booth/booth-balance.ts";
import { boothConfig } from "../model/booth/booth-config.ts";
import type { BoothConfig } from "../model/booth/booth-fields.ts";
import { readJsonInput } from "./json-file.ts";

export const summary = "run the spray booth's model";
export const usage = `rung booth simulate <config.json> [--json] [--airflow <file.csv>]

Balances the air of the booth in the configuration and prints its streams, the states of the air, loads, energy per hour
and per body, solvent against its limit, and where in the paint's window the air costs least.
--airflow computes the flow across the booth as well, prints its figures, and writes the field as CSV: x and z in m from
the left wall and the grate, velocity to the right and up in m/s.
A configuration to start from: examples/booth.config.json

Exit: 0 done, 1 the solvent is above its limit, 2 a fault of the input.`;

/** The picture of the largest section takes about half a minute. */
const DEADLINE_MS = 300_000;

interface Wanted {
  readonly file: string;
  readonly json: boolean;
  readonly airflow: string | undefined;
}

/**
 * @param args what follows `rung booth`
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const wanted = wantedOf(args);
    const config = boothConfig(readJsonInput(wanted.file, "examples/booth.config.json"));
    const balance = boothBalance(config);
    const picture = wanted.airflow === undefined ? undefined : await drawAirflow(config, wanted.airflow);
    const answer = picture === undefined ? balance : { ...balance, airflow: picture };
    process.stdout.write(
      json ? `${JSON.stringify(answer, null, 2)}\n` : table(balance) + (picture ? airflowWords(picture) : ""),
    );
    return balance.solvent.isAllowed ? 0 : 1;
  } catch (fault) {
    if (!(fault instanceof RungError)) throw fault;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [fault.toJSON()] }, null, 2)}\n`);
    else process.stderr.write(`${fault.message}\n`);
    return 2;
  }
}

function wantedOf(args: readonly string[]): Wanted {
  const rest = args.filter((arg) => arg !== "--json");
  const at = rest.indexOf("--airflow");
  const airflow = at < 0 ? undefined : rest[at + 1];
  if (at >= 0) rest.splice(at, 2);
  const [verb, file, ...others] = rest;
  const isWrong = (at >= 0 && airflow === undefined) || others.length > 0;
  if (verb === "simulate" && file !== undefined && !isWrong) {
    return { file, json: args.includes("--json"), airflow };
  }
  throw new RungError({
    code: "usage",
    where: "rung booth",
    what: "expected simulate <config.json>",
    advice: usage,
  });
}

async function drawAirflow(booth: BoothConfig, file: string): Promise<AirflowPicture> {
  const compute = new Compute();
  try {
    // One picture is not worth the look for a GPU.
    const { picture, field } = await compute.submit({
      kernel: BOOTH_AIRFLOW,
      input: { booth, wantsField: true },
      deadlineMs: DEADLINE_MS,
    });
    try {
      writeFileSync(file, csv(field!));
    } catch (fault) {
      throw new RungError({ code: "file-unwritable", where: file, what: messageOf(fault), cause: fault });
    }
    return picture;
  } finally {
    await compute.close();
  }
}

function csv({ columns, rows, cellM, right, up }: AirflowField): string {
  const lines = ["x_m,z_m,right_m_per_s,up_m_per_s"];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const place = [(column + 0.5) * cellM, (row + 0.5) * cellM];
      lines.push([...place, right[i]!, up[i]!].map((value) => value.toFixed(4)).join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

function table(balance: BoothBalance): string {
  const { loads, energy, solvent, window } = balance;
  const row = (cells: readonly string[], widths: readonly number[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  const streamWidths = [15, 8, 9];
  const stateWidths = [15, 7, 5, 7, 8, 7];
  const carriers = Object.entries(energy.byCarrierKW).filter(([, kW]) => kW > 0);
  const lines = [
    `${balance.booth}: ${balance.pressure}`,
    row(["stream", "kg/s dry", "m³/h"], streamWidths),
    ...balance.streams
      .filter(({ dryKgPerS }) => dryKgPerS > 0)
      .map(({ name, dryKgPerS, m3PerH }) =>
        row([name, dryKgPerS.toFixed(2), m3PerH.toFixed(0)], streamWidths),
      ),
    row(["air", "°C", "% RH", "g/kg", "kJ/kg", "dew °C"], stateWidths),
    ...balance.states.map((state) =>
      row(
        [
          state.name,
          state.temperatureC.toFixed(1),
          state.relativeHumidityPercent.toFixed(0),
          state.waterGPerKg.toFixed(2),
          state.enthalpyKJPerKg.toFixed(2),
          state.dewPointC.toFixed(1),
        ],
        stateWidths,
      ),
    ),
    `loads kW: preheat ${kw(loads.preheatKW)}, cooling ${kw(loads.coolingKW)}, reheat ${kw(loads.reheatKW)}, recovered ${kw(loads.recoveredKW)}, fans' heat ${kw(loads.fanHeatKW)}`,
    `water kg/h: humidified ${loads.humidifyKgPerH.toFixed(0)}, condensed ${loads.condensateKgPerH.toFixed(0)}`,
    `energy kW: ${kw(energy.totalKW)} (${carriers.map(([name, kW]) => `${name} ${kw(kW)}`).join(", ")}), CO₂ ${energy.co2KgPerH.toFixed(1)} kg/h`,
    `per body: ${energy.perBody.kWh.toFixed(2)} kWh, ${energy.perBody.waterKg.toFixed(1)} kg water, ${energy.perBody.co2Kg.toFixed(2)} kg CO₂`,
    `solvent: ${solvent.ofLimitPercent.toFixed(1)} % of the lower explosion limit, allowed ${solvent.allowedPercent} %; least fresh air ${solvent.leastFreshM3PerH.toFixed(0)} m³/h, ${solvent.leastFreshPercent.toFixed(1)} % of the supply`,
    ...(window.least === undefined
      ? []
      : [
          `paint's window: least energy at ${window.least.temperatureC.toFixed(1)} °C and ${window.least.relativeHumidityPercent.toFixed(0)} %, ${kw(window.least.totalKW)} kW`,
        ]),
    ...balance.remarks.map((remark) => `! ${remark}`),
  ];
  return `${lines.join("\n")}\n`;
}

const kw = (value: number): string => value.toFixed(1);

function airflowWords(picture: AirflowPicture): string {
  const { residence } = picture;
  return [
    `airflow: ${picture.aboveBodyMPerS.toFixed(2)} m/s down above the body, ${picture.besideBodyMPerS.toFixed(2)} m/s beside it, ${picture.recirculatingPercent.toFixed(1)} % of the section rises`,
    `from ceiling to grate: median ${residence.medianS.toFixed(1)} s, 95 % within ${residence.p95S.toFixed(1)} s, ${residence.caughtPercent.toFixed(0)} % caught`,
    `computed at Reynolds number ${picture.reynoldsSimulated}, the booth's is ${picture.reynoldsReal.toFixed(0)}: a picture of the mean flow, no proof of capture\n`,
  ].join("\n");
}
