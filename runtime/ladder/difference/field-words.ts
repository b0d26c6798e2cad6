import { oneLine } from "./one-line.ts";

/**
 * What a node's form calls a field, where that is not simply the field's name in words. Asserted equal to the labels
 * of the forms; a field that is not here is called by its name: `scoreBaseline` is "Score baseline".
 */
export const FIELD_LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "ui-rung-shops": {
    label: "Heading",
    twin: "Plant",
    oee: "Target of OEE",
  },
  "ui-rung-plant3d": {
    label: "Heading",
    twin: "Plant",
    layout: "Layout file",
  },
  "ui-rung-cell": {
    cell: "Cell file",
    label: "Heading",
  },
  "ui-rung-line": {
    label: "Heading",
  },
  "rung-line": {
    file: "Model file",
    lengthH: "Simulate",
    warmUpH: "Warm-up",
    stepMin: "Foretell every",
    horizonMin: "Score ahead",
  },
  "rung-balance": {
    tasks: "Tasks file",
    question: "Ask for",
    rules: "Rules file",
    timeS: "Search for",
  },
  "ui-rung-balance": {
    label: "Heading",
  },
  "rung-maintain": {
    file: "Plant file",
    plant: "Maintained",
    setupCost: "Stop costs",
    downtimeRate: "Standing costs",
    horizonH: "Plan ahead",
    everyMin: "Plan every",
  },
  "ui-rung-maintenance": {
    label: "Heading",
  },
  "ui-rung-training": {
    label: "Heading",
    twin: "Training twin",
  },
  "rung-variant": {
    fixes: "Look for fixes",
    cell: "Cell file",
  },
  "rung-reach": {
    rebalance: "Move welds",
    placement: "Place bases",
    cell: "Cell file",
  },
  "rung-cell": {
    cycleLimitPercent: "Cycle within",
    tcpLimitMm: "Tool within",
    variant: "Built now",
    cell: "Cell file",
  },
  "rung-kernel": {
    loopMax: "Rounds of a loop",
  },
  "rung-ingest": {
    reality: "The plant is",
    emit: "Send",
  },
  "rung-mqtt-source": {
    filters: "Subscribe to",
    qos: "Quality of service",
    form: "Payload",
    reorderMs: "Wait for order",
    emit: "Send",
  },
  "rung-orders": {
    intake: "By REST at",
    folder: "Read files in",
    reportTo: "Reports go",
    reportFolder: "Folder",
    reportUrl: "Address",
    reportFormat: "As",
    entry: "Entry event",
    exit: "Exit event",
    paths: "Conditions",
  },
  "rung-energy": {
    made: "Bodies, counter",
    outside: "Outside temperature",
    periodMin: "Metering period",
    baselinePeriods: "Baseline over",
    accountH: "An account is",
    beginsAtH: "It begins at",
  },
  "ui-rung-energy": {
    label: "Heading",
    targets: "kWh per body, targets",
  },
  "rung-oee": {
    begins: "Begin anew at",
    hours: "Else every",
    twin: "Sum of shops",
  },
  "rung-query": {
    kind: "Asks for",
    paths: "Properties",
    base: "At each sample of",
    windowBy: "Between",
    begin: "From value",
    backS: "Back from now",
  },
  "rung-recording": {
    decimal: "Decimal mark",
    map: "Map file",
  },
  "rung-state": {
    emit: "Sends",
  },
  "rung-booth": {
    picture: "Airflow",
  },
  "rung-ergonomics": {
    assessment: "Rated",
  },
  "rung-detect": {
    hours: "Normal",
    rows: "At least",
    budget: "False alarms",
    explained: "Plane holds",
    neighbours: "Compared with",
    width: "Pattern of",
  },
  "rung-estimate": {
    hours: "Learn from",
    e170MostMin: "E170 at most",
    peakMostC: "Metal at most",
  },
  "rung-forecast": {
    hours: "Learn from",
  },
  "rung-life": {
    file: "Model file",
    cyclePath: "Counter of use",
    paths: "Other paths",
  },
  "rung-whatif": {
    e170LeastMin: "E170 at least",
    e170MostMin: "E170 at most",
    peakMostC: "Metal at most",
  },
  "rung-optimise": {
    periodS: "Look every",
    e170LeastMin: "E170 at least",
    e170MostMin: "E170 at most",
    peakMostC: "Metal at most",
    underCurePerMille: "Under-cured",
    zoneLowC: "Zone at least",
    zoneHighC: "Zone at most",
    neighbourStepK: "Zone to zone",
    maxStepK: "Step at most",
  },
  "rung-envelope": {
    state: "Machine state",
    permittedStates: "Permitted",
    safetyMode: "Operational mode",
    maxInputAgeMs: "Input age",
    maxStateAgeMs: "State age",
    budgetPerShift: "Writes in 8 h",
    ttlMs: "Lives",
  },
  "rung-historian": {
    retentionDays: "Keep for",
    memoryLimitMb: "Memory",
    url: "Server",
    retentionPolicy: "Retention",
    ca: "CA",
    measurement: "Written as",
    readOnly: "only read, never write there",
    writeOnly: "takes writes only (VictoriaMetrics)",
  },
  "rung-mqtt-link": {
    url: "Broker",
    reality: "Plant is",
    protocolVersion: "MQTT version",
    login: "Sign in",
    keyring: "Keyring name",
    persistentSession: "Broker keeps messages while away",
    hostId: "Sparkplug host id",
    ca: "Authority (PEM)",
    certificate: "Own certificate (PEM)",
    key: "Own key (PEM)",
  },
  "rung-opcua-link": {
    reality: "Plant is",
    login: "Sign in",
    keyring: "Keyring name",
    userCertificate: "Certificate of",
    surviveS: "Bridge outages of",
  },
  "rung-twin": {
    parent: "Part of",
    needed: "its parent's rung needs this twin",
    neededReason: "Why not",
  },
  "ui-rung-header": {
    label: "Place",
  },
  "ui-rung-ladder": {
    label: "Heading",
  },
  "ui-rung-list": {
    label: "Heading",
  },
  "ui-rung-recommendation": {
    label: "Heading",
  },
  "ui-rung-tile": {
    label: "Heading",
  },
  "ui-rung-band": {
    label: "Heading",
    path: "State",
    hours: "Hours shown",
    states: "Names of states",
  },
  "ui-rung-whatif": {
    label: "Heading",
  },
  "ui-rung-trend": {
    label: "Heading",
    path: "Properties",
    minutes: "Minutes shown",
    digits: "Decimals",
  },
};

/** Fields of Node-RED's own that need another word than their name. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  d: "Disabled",
  env: "Environment",
  func: "Function",
  info: "Description",
  l: "Label shown",
  props: "Properties",
};

/** The unit that a name ends in. */
const UNITS: Readonly<Record<string, string>> = {
  Ms: "ms",
  S: "s",
  Min: "min",
  Minutes: "min",
  Hours: "h",
  Days: "d",
  Mb: "MB",
  C: "°C",
  K: "K",
  PerMille: "‰",
};
const UNIT_AT_END = /(?<=[a-z0-9])(Ms|S|Min|Minutes|Hours|Days|Mb|C|K|PerMille)$/;

export interface FieldWords {
  readonly label: string;
  /** The unit its name tells, with a blank before it, or empty. */
  readonly unit: string;
}

/** How to speak of a field of a node. */
export function fieldWords(type: string, name: string): FieldWords {
  const labels = Object.hasOwn(FIELD_LABELS, type) ? FIELD_LABELS[type]! : {};
  const unit = UNITS[UNIT_AT_END.exec(name)?.[1] ?? ""];
  const suffix = unit === undefined ? "" : ` ${unit}`;
  if (Object.hasOwn(labels, name)) return { label: labels[name]!, unit: suffix };
  if (Object.hasOwn(OWN_WORDS, name)) return { label: OWN_WORDS[name]!, unit: "" };
  return { label: nameInWords(name), unit: suffix };
}

/** `maxInputAgeMs` is "Max input age". */
export function nameInWords(name: string): string {
  const words = oneLine(name)
    .replace(UNIT_AT_END, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
