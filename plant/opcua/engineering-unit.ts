import { type EUInformation, makeEUInformation } from "node-opcua";

/** Common codes of UNECE Recommendation 20; a normal cubic metre has none. */
const UNECE_CODES: Readonly<Record<string, string>> = {
  "°C": "CEL",
  "%": "P1",
  "m³/h": "MQH",
  kW: "KWT",
  "m/min": "2X",
  "1": "C62",
  "°": "DD",
  "°/s": "E96",
  mm: "MMT",
  s: "SEC",
  kWh: "KWH",
};

/** The unit as OPC 10000-8, 5.6.3 has it: the id packs the code's letters, the display name is what we write. */
export function engineeringUnit(unit: string): EUInformation {
  const code = UNECE_CODES[unit];
  const information = makeEUInformation(code ?? unit, unit, unit);
  if (code === undefined) information.unitId = -1;
  return information;
}
