import { AXES } from "./tcp.ts";

/**
 * The tags of body station 120, named as OPC 40010-1 (OPC UA for Robotics) names them: a MotionDeviceSystem with
 * MotionDevices, Axes, Controllers, TaskControls and SafetyStates, each with its ParameterSet. The cycle counters, the
 * check station and the weld guns are the line's own. What drives and guns measured of a body comes once it is done.
 */
export interface StationTag {
  /** Address below the station: `r3/axis2/position`. */
  readonly path: string;
  /** Identifier in namespace 1: dotted browse names. */
  readonly nodeId: string;
  readonly type: "double" | "int32" | "boolean" | "string";
  readonly unit: string;
  readonly label: string;
  /** Cyclic tags get a value each tick, the others when it changes. */
  readonly cyclic: boolean;
}

export const STATION_NODE = "ST120";
export const STATION_ROBOTS = ["R1", "R2", "R3", "R4"] as const;

export const axisNode = (robot: string, axis: number): string =>
  `${STATION_NODE}.MotionDevices.${robot}.Axes.Axis${axis}.ParameterSet`;

/** Of the motor of an axis: one power train per axis, one motor each. */
export const motorNode = (robot: string, axis: number): string =>
  `${STATION_NODE}.MotionDevices.${robot}.PowerTrains.PowerTrain${axis}.Motor${axis}.ParameterSet`;

const tag = (
  path: string,
  nodeId: string,
  type: StationTag["type"],
  unit: string,
  label: string,
  cyclic = false,
): StationTag => ({ path, nodeId, type, unit, label, cyclic });

export const STATION_TAGS: readonly StationTag[] = [
  ...STATION_ROBOTS.flatMap((robot) => {
    const path = robot.toLowerCase();
    const device = `${STATION_NODE}.MotionDevices.${robot}`;
    const controller = `${STATION_NODE}.Controllers.${robot}C`;
    return [
      ...Array.from({ length: AXES }, (_, i) => i + 1).flatMap((axis) => [
        tag(
          `${path}/axis${axis}/position`,
          `${axisNode(robot, axis)}.ActualPosition`,
          "double",
          "°",
          `${robot} axis ${axis}`,
          true,
        ),
        tag(
          `${path}/axis${axis}/speed`,
          `${axisNode(robot, axis)}.ActualSpeed`,
          "double",
          "°/s",
          `${robot} axis ${axis} speed`,
          true,
        ),
        tag(
          `${path}/axis${axis}/motorTemperature`,
          `${motorNode(robot, axis)}.MotorTemperature`,
          "double",
          "°C",
          `${robot} axis ${axis} motor`,
        ),
        tag(
          `${path}/axis${axis}/motorLoad`,
          `${motorNode(robot, axis)}.EffectiveLoadRate`,
          "double",
          "%",
          `${robot} axis ${axis} load`,
        ),
      ]),
      tag(`${path}/inControl`, `${device}.ParameterSet.InControl`, "boolean", "", `${robot} in control`),
      tag(
        `${path}/speedOverride`,
        `${device}.ParameterSet.SpeedOverride`,
        "double",
        "%",
        `${robot} speed override`,
      ),
      tag(
        `${path}/program`,
        `${controller}.TaskControls.Main.ParameterSet.TaskProgramName`,
        "string",
        "",
        `${robot} program`,
      ),
      tag(
        `${path}/programLoaded`,
        `${controller}.TaskControls.Main.ParameterSet.TaskProgramLoaded`,
        "boolean",
        "",
        `${robot} program loaded`,
      ),
      tag(`${path}/cycle/time`, `${STATION_NODE}.Cycle.${robot}.Time`, "double", "s", `${robot} last cycle`),
      tag(
        `${path}/weld/current`,
        `${STATION_NODE}.WeldGuns.${robot}G.Current`,
        "double",
        "A",
        `${robot} weld current`,
      ),
      tag(
        `${path}/weld/resistance`,
        `${STATION_NODE}.WeldGuns.${robot}G.Resistance`,
        "double",
        "µΩ",
        `${robot} weld resistance`,
      ),
      ...["x", "y", "z"].map((axis) =>
        tag(
          `${path}/check/${axis}`,
          `${STATION_NODE}.CheckStation.${robot}.${axis.toUpperCase()}`,
          "double",
          "mm",
          `${robot} tool as probed, ${axis}`,
        ),
      ),
    ];
  }),
  tag("power", `${STATION_NODE}.Energy.Power`, "double", "kW", "Power, mean over a body"),
  tag("energy/total", `${STATION_NODE}.Energy.Total`, "double", "kWh", "Energy"),
  tag("cycle/count", `${STATION_NODE}.Cycle.Count`, "int32", "1", "Bodies done"),
  tag(
    "safety/operationalMode",
    `${STATION_NODE}.SafetyStates.Cell.ParameterSet.OperationalMode`,
    "int32",
    "",
    "Operational mode",
  ),
  tag(
    "safety/emergencyStop",
    `${STATION_NODE}.SafetyStates.Cell.ParameterSet.EmergencyStop`,
    "boolean",
    "",
    "Emergency stop",
  ),
  tag(
    "safety/protectiveStop",
    `${STATION_NODE}.SafetyStates.Cell.ParameterSet.ProtectiveStop`,
    "boolean",
    "",
    "Protective stop",
  ),
];
