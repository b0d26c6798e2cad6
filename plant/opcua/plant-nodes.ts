import {
  type AddressSpace,
  DataType,
  type Namespace,
  PermissionType,
  Range,
  StatusCodes,
  type UAObject,
  type UAVariable,
  WellKnownRolesNodeId,
} from "node-opcua";
import { ZONES } from "../physics/oven-air.ts";
import type { Plant } from "../physics/plant.ts";
import { type OvenPlc, REQUEST_LIMITS } from "../plc/oven-plc.ts";
import { TAGS, type TagType, tagIndex } from "../tags.ts";
import { engineeringUnit } from "./engineering-unit.ts";

/** Two plant hours of ticks. */
const KEPT_VALUES = 1440;

const DATA_TYPES: Record<TagType, DataType> = {
  double: DataType.Double,
  int32: DataType.Int32,
  boolean: DataType.Boolean,
};

const READ = PermissionType.Browse | PermissionType.Read | PermissionType.ReadHistory;
/** Both users read; only the actuator, in the role of an operator, writes. */
const ACTUATOR_WRITES = [
  { roleId: WellKnownRolesNodeId.Observer, permissions: READ },
  { roleId: WellKnownRolesNodeId.Operator, permissions: READ | PermissionType.Write },
];

const INPUTS = [
  ["Value", DataType.Double, "value"],
  ["Expected", DataType.Double, "expected"],
  ["TtlMs", DataType.UInt32, "ttlMs"],
  ["Heartbeat", DataType.UInt32, "heartbeat"],
  ["Sequence", DataType.UInt32, "sequence"],
] as const;

interface RequestNodes {
  readonly echo: UAVariable;
  readonly result: UAVariable;
}

/** The plant's variables in the server's own namespace, and what keeps their values up to date. */
export class PlantNodes {
  readonly #plant: Plant;
  readonly #plc: OvenPlc;
  readonly #namespace: Namespace;
  readonly #folders = new Map<string, UAObject>();
  readonly #tags: UAVariable[] = [];
  readonly #requests: RequestNodes[] = [];
  readonly #time: UAVariable;
  readonly #speed: UAVariable;
  readonly #emergencyStop: UAVariable;
  /** Last values given to nodes that change between ticks. */
  readonly #shownSetpoint = new Float64Array(ZONES).fill(Number.NaN);
  readonly #shownLocal = new Float64Array(ZONES).fill(Number.NaN);
  #shownSpeed = Number.NaN;
  #shownEmergencyStop: boolean | undefined;
  #shownTimeUs = 0;

  constructor(addressSpace: AddressSpace, plant: Plant, plc: OvenPlc) {
    this.#plant = plant;
    this.#plc = plc;
    this.#namespace = addressSpace.getOwnNamespace();
    for (const [i, tag] of TAGS.entries()) {
      const variable = this.#variable(tag.nodeId, DATA_TYPES[tag.type], tag.label);
      if (tag.unit !== "" || tag.type === "double") this.#describe(variable, tag.nodeId, tag);
      this.#tags.push(variable);
      this.#showFirst(i);
      addressSpace.installHistoricalDataNode(variable, { maxOnlineValues: KEPT_VALUES });
    }
    for (let zone = 1; zone <= ZONES; zone++) {
      this.#shownSetpoint[zone - 1] = plant.values[SETPOINT_TAGS[zone - 1]!]!;
      this.#shownLocal[zone - 1] = plant.values[LOCAL_TAGS[zone - 1]!]!;
      this.#requests.push(this.#request(zone));
    }
    this.#time = this.#variable("Plant.Time", DataType.DateTime, "Simulated clock");
    this.#emergencyStop = this.#variable("Oven1.EmergencyStop", DataType.Boolean, "Emergency stop");
    this.#speed = this.#variable("Plant.Speed", DataType.Double, "Plant seconds per wall second");
  }

  /** After a tick: every tag that got a value. */
  tick(): void {
    const { fresh, values } = this.#plant;
    for (let i = 0; i < TAGS.length; i++) {
      if (fresh[i] === 1 && !SHOWN_AT_ONCE.has(i)) this.#show(this.#tags[i]!, TAGS[i]!.type, values[i]!);
    }
  }

  /** After each turn of the loop: clock, setpoints, keys and answers to requests, without waiting for a tick. */
  turn(speed: number): void {
    const at = this.#date();
    for (let zone = 1; zone <= ZONES; zone++) {
      const z = zone - 1;
      const setpointC = this.#plant.setpoint(zone);
      if (this.#shownSetpoint[z] !== setpointC) {
        this.#shownSetpoint[z] = setpointC;
        this.#show(this.#tags[SETPOINT_TAGS[z]!]!, "double", setpointC);
      }
      const local = this.#plant.local[z]!;
      if (this.#shownLocal[z] !== local) {
        this.#shownLocal[z] = local;
        this.#show(this.#tags[LOCAL_TAGS[z]!]!, "boolean", local);
      }
      const state = this.#plc.state(zone);
      const { echo, result } = this.#requests[z]!;
      // The result before the echo: who sees the echo can rely on the result.
      if (result.readValue().value.value !== state.result) {
        result.setValueFromSource({ dataType: DataType.Int32, value: state.result }, StatusCodes.Good, at);
      }
      if (echo.readValue().value.value !== state.echoSequence) {
        echo.setValueFromSource(
          { dataType: DataType.UInt32, value: state.echoSequence },
          StatusCodes.Good,
          at,
        );
      }
    }
    if (this.#shownTimeUs !== this.#plant.timeUs) {
      this.#shownTimeUs = this.#plant.timeUs;
      this.#time.setValueFromSource({ dataType: DataType.DateTime, value: at }, StatusCodes.Good, at);
    }
    if (this.#shownEmergencyStop !== this.#plc.emergencyStop) {
      this.#shownEmergencyStop = this.#plc.emergencyStop;
      this.#show(this.#emergencyStop, "boolean", Number(this.#plc.emergencyStop));
    }
    if (this.#shownSpeed !== speed) {
      this.#shownSpeed = speed;
      this.#speed.setValueFromSource({ dataType: DataType.Double, value: speed }, StatusCodes.Good, at);
    }
  }

  #date(): Date {
    return new Date(this.#plant.timeUs / 1000);
  }

  /** The value of before the start keeps its time: to a reader who had it, it is no new sample. */
  #showFirst(index: number): void {
    const { values, sampledUs } = this.#plant;
    const { type } = TAGS[index]!;
    const known = !Number.isNaN(values[index]!);
    this.#tags[index]!.setValueFromSource(
      variantOf(type, known ? values[index]! : 0),
      known ? StatusCodes.Good : StatusCodes.BadWaitingForInitialData,
      known ? new Date(sampledUs[index]! / 1000) : this.#date(),
    );
  }

  #show(variable: UAVariable, type: TagType, value: number): void {
    variable.setValueFromSource(variantOf(type, value), StatusCodes.Good, this.#date());
  }

  #request(zone: number): RequestNodes {
    const inputs = this.#plc.inputs[zone - 1]!;
    const at = this.#date();
    const below = (name: string): string => `Oven1.Zone${zone}.Request.${name}`;
    for (const [name, dataType, key] of INPUTS) {
      const variable = this.#variable(below(name), dataType, `Request, ${name}`, true);
      variable.setValueFromSource({ dataType, value: inputs[key] }, StatusCodes.Good, at);
      variable.on("value_changed", (dataValue) => {
        inputs[key] = Number(dataValue.value.value);
      });
    }
    const constant = (name: string, value: number): void => {
      const variable = this.#variable(below(name), DataType.Double, `Request, ${name}`);
      variable.setValueFromSource({ dataType: DataType.Double, value }, StatusCodes.Good, at);
    };
    constant("Low", REQUEST_LIMITS.low);
    constant("High", REQUEST_LIMITS.high);
    const echo = this.#variable(below("EchoSequence"), DataType.UInt32, "Request, EchoSequence");
    echo.setValueFromSource({ dataType: DataType.UInt32, value: 0 }, StatusCodes.Good, at);
    const result = this.#variable(below("Result"), DataType.Int32, "Request, Result");
    result.setValueFromSource({ dataType: DataType.Int32, value: 0 }, StatusCodes.Good, at);
    return { echo, result };
  }

  #variable(nodeId: string, dataType: DataType, label: string, writable = false): UAVariable {
    const cut = nodeId.lastIndexOf(".");
    return this.#namespace.addVariable({
      componentOf: this.#folder(nodeId.slice(0, cut)),
      nodeId: `s=${nodeId}`,
      browseName: nodeId.slice(cut + 1),
      displayName: label,
      dataType,
      minimumSamplingInterval: 0,
      accessLevel: writable ? "CurrentRead | CurrentWrite" : "CurrentRead",
      userAccessLevel: writable ? "CurrentRead | CurrentWrite" : "CurrentRead",
      ...(writable ? { rolePermissions: ACTUATOR_WRITES } : {}),
    });
  }

  #describe(variable: UAVariable, nodeId: string, tag: { unit: string; low: number; high: number }): void {
    if (tag.unit !== "") {
      this.#namespace.addVariable({
        propertyOf: variable,
        typeDefinition: "PropertyType",
        nodeId: `s=${nodeId}.EngineeringUnits`,
        browseName: { name: "EngineeringUnits", namespaceIndex: 0 },
        dataType: "EUInformation",
        accessLevel: "CurrentRead",
        value: { dataType: DataType.ExtensionObject, value: engineeringUnit(tag.unit) },
      });
    }
    this.#namespace.addVariable({
      propertyOf: variable,
      typeDefinition: "PropertyType",
      nodeId: `s=${nodeId}.EURange`,
      browseName: { name: "EURange", namespaceIndex: 0 },
      dataType: "Range",
      accessLevel: "CurrentRead",
      value: { dataType: DataType.ExtensionObject, value: new Range({ low: tag.low, high: tag.high }) },
    });
  }

  /** The object of a dotted path, made on the way: `Oven1.Zone3.Request`. */
  #folder(path: string): UAObject {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf(".");
    const browseName = path.slice(cut + 1);
    const made = this.#namespace.addObject({
      nodeId: `s=${path}`,
      browseName,
      ...(cut < 0
        ? { organizedBy: this.#namespace.addressSpace.rootFolder.objects }
        : { componentOf: this.#folder(path.slice(0, cut)) }),
    });
    this.#folders.set(path, made);
    return made;
  }
}

function variantOf(type: TagType, value: number): { dataType: DataType; value: number | boolean } {
  return { dataType: DATA_TYPES[type], value: type === "boolean" ? value !== 0 : value };
}

const zones = Array.from({ length: ZONES }, (_, z) => z + 1);
const SETPOINT_TAGS = zones.map((zone) => tagIndex(`oven1/zone${zone}/airTemperatureSetpoint`));
const LOCAL_TAGS = zones.map((zone) => tagIndex(`oven1/zone${zone}/localMode`));
const SHOWN_AT_ONCE = new Set([...SETPOINT_TAGS, ...LOCAL_TAGS]);
