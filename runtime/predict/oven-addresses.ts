/** The properties of an oven that its tracker reads, as paths below the twin's address (docs/architecture.md). */
export interface OvenAddresses {
  readonly airTemperature: readonly string[];
  readonly setpoint: readonly string[];
  readonly burnerOutput: readonly string[];
  readonly fanFlow: readonly string[];
  readonly fanPower: readonly string[];
  readonly exitNode: readonly string[];
  readonly loggerNode: readonly string[];
  readonly exitBody: string;
  readonly entryBody: string;
  readonly speed: string;
  readonly bodies: string;
  readonly hall: string;
  readonly gasFlow: string;
  readonly exhaustFlow: string;
}

/**
 * @param twin address of the oven: `acme/leipzig/paint/oven1`
 * @param zones names as in the model's configuration, which are those of the addresses
 */
export function ovenAddresses(
  twin: string,
  zones: readonly string[],
  nodes: readonly string[],
): OvenAddresses {
  const perZone = (path: string): string[] => zones.map((zone) => `${twin}/${zone}/${path}`);
  return {
    airTemperature: perZone("airTemperature"),
    setpoint: perZone("airTemperatureSetpoint"),
    burnerOutput: perZone("burnerOutput"),
    fanFlow: perZone("fanFlow"),
    fanPower: perZone("fanPower"),
    exitNode: nodes.map((node) => `${twin}/exit/${node}`),
    loggerNode: nodes.map((node) => `${twin}/logger/${node}`),
    exitBody: `${twin}/exit/body`,
    entryBody: `${twin}/entry/body`,
    speed: `${twin}/conveyor/speed`,
    bodies: `${twin}/conveyor/bodies`,
    hall: `${twin}/hall/temperature`,
    gasFlow: `${twin}/gas/flow`,
    exhaustFlow: `${twin}/exhaust/flow`,
  };
}
