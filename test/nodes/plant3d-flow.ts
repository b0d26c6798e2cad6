import { oneWidgetFlow } from "./widget-flow.ts";

export const node = (id: string, type: string, more: object) => ({
  id,
  type,
  z: "t",
  name: "",
  version: 1,
  ...more,
});

/** A measurement that lies in messages below its own path. @param unit left empty: none */
export const row = (path: string, type: string, unit: string, periodMs = 0) => ({
  nodeId: `payload["${path}"]`,
  topic: "",
  path,
  label: path,
  ...(unit === "" ? {} : { plantUnit: unit, unit }),
  kind: "measurement",
  type,
  periodMs,
  timePath: "",
  timeUnit: "iso",
  qualityPath: "",
});

interface DrawnPlant {
  /** Of the plant's twin. */
  readonly address: string;
  /** File of the layout. */
  readonly layout: string;
  readonly bindings: readonly ReturnType<typeof row>[];
  readonly silentAfterS: number;
}

/** A page with a plant in 3D and the twin it draws, fed by the node `ingest`. */
export function plant3dFlow({ address, layout, bindings, silentAfterS }: DrawnPlant): object[] {
  const page = oneWidgetFlow({ type: "ui-rung-plant3d", payload: {} }) as { id: string }[];
  return [
    ...page
      .filter(({ id }) => id !== "in" && id !== "said")
      .map((one) => (one.id === "widget" ? { ...one, twin: "twin", layout } : one)),
    { id: "twin", type: "rung-twin", name: "Hall", version: 1, address, scope: "system", targetRung: "0" },
    node("ingest", "rung-ingest", {
      twin: "twin",
      reality: "virtual",
      silentAfterS,
      emit: "frames",
      bindings,
      wires: [["state"]],
    }),
    node("state", "rung-state", { twin: "twin", emit: "frames", wires: [[], []] }),
  ];
}
