import type { Fault } from "./fault.ts";
import { CLOCK_STEPS } from "./faults/clock-step.ts";
import { DISK_FAULTS } from "./faults/disk-full.ts";
import { KILLS_AND_STOPS } from "./faults/kill.ts";
import { MQTT_FAULTS } from "./faults/mqtt.ts";
import { overload } from "./faults/overload.ts";
import { redeploy } from "./faults/redeploy.ts";
import { SERVER_FAULTS } from "./faults/server.ts";
import { SLOW_WIRES } from "./faults/slow-wire.ts";
import { SPARKPLUG_FAULTS } from "./faults/sparkplug.ts";
import { SPOOL_DAMAGE } from "./faults/spool-damage.ts";
import { TCP_CUTS } from "./faults/tcp-cut.ts";

/** Every fault that Rung must survive with its books in order. */
export const FAULTS: readonly Fault[] = [
  ...TCP_CUTS,
  ...SLOW_WIRES,
  ...KILLS_AND_STOPS,
  ...SERVER_FAULTS,
  ...CLOCK_STEPS,
  ...MQTT_FAULTS,
  ...SPARKPLUG_FAULTS,
  ...SPOOL_DAMAGE,
  ...DISK_FAULTS,
  redeploy,
  overload,
];
