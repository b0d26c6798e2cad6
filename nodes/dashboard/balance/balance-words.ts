import { type Breach, breachText } from "../../../runtime/prescribe/balance/balance-breach.ts";
import { type BalanceMessage, proofText } from "../../../runtime/prescribe/balance/balance-message.ts";
import type { EndedBy } from "../../../runtime/prescribe/balance/balance-problem.ts";

const DE_ENDED: Readonly<Record<EndedBy, string>> = {
  proof: "durchsucht",
  time: "die Zeit war um",
  work: "Arbeitsgrenze",
  memory: "der Speicher war voll",
};

export const BALANCE_WORDS = {
  en: {
    title: "Line balance",
    empty: "No balance has come. Wire a balance node to this board.",
    cycle: (seconds: string, idle: string) => `cycle ${seconds} s · idle ${idle} %`,
    newer: "A new balance came while you edit this one.",
    showNewer: "Show it and drop my moves",
    unplaced: "At no station:",
    toFirst: (task: string) => `Task ${task} to station 1`,
    broken: ", broken",
    hint: "Drag a task to a station; or choose one and press Shift with ← or →.",
    earlier: "Earlier",
    later: "Later",
    undo: "Undo",
    send: "Send",
    holds: "Precedence and loads hold.",
    station: (number: number) => `Station ${number}`,
    none: "empty",
    load: (has: string, of: string) => `${has} of ${of} s`,
    task: (id: string, name: string) => `Task ${id}${name === "" ? "" : ` ${name}`}`,
    after: (tasks: string) => `after ${tasks}`,
    needs: (tools: string) => `needs ${tools}`,
    zone: (zone: string) => `zone ${zone}`,
    side: (side: string) => `side ${side}`,
    moved: (task: string, station: number) => `Task ${task} to station ${station}`,
    back: (task: string, station: number) => `Task ${task} back to station ${station}`,
    off: (task: string) => `Task ${task} off the line`,
    nowBroken: (what: string, breaches: string) => `${what}. Broken: ${breaches}.`,
    mended: (what: string, breaches: string) => `${what}. Mended: ${breaches}.`,
    byHand: (stations: number, moves: number, proof: string) =>
      `${stations} stations after ${moves} ${moves === 1 ? "move" : "moves"} by hand; came as: ${proof}`,
    breach: (breach: Breach): string => breachText(breach),
    proof: (balance: BalanceMessage): string => proofText(balance),
  },
  de: {
    title: "Austaktung",
    empty: "Noch ist keine Austaktung gekommen. Verbinden Sie einen balance-Knoten mit dieser Tafel.",
    cycle: (seconds: string, idle: string) => `Takt ${seconds} s · ${idle} % ungenutzt`,
    newer: "Während Sie diese bearbeiten, kam eine neue Austaktung.",
    showNewer: "Zeigen und meine Züge verwerfen",
    unplaced: "An keiner Station:",
    toFirst: (task: string) => `Vorgang ${task} an Station 1`,
    broken: ", verletzt",
    hint: "Ziehen Sie einen Vorgang an eine Station; oder wählen Sie einen und drücken Sie Umschalt mit ← oder →.",
    earlier: "Früher",
    later: "Später",
    undo: "Zurück",
    send: "Senden",
    holds: "Vorrang und Lasten sind eingehalten.",
    station: (number: number) => `Station ${number}`,
    none: "leer",
    load: (has: string, of: string) => `${has} von ${of} s`,
    task: (id: string, name: string) => `Vorgang ${id}${name === "" ? "" : ` ${name}`}`,
    after: (tasks: string) => `nach ${tasks}`,
    needs: (tools: string) => `braucht ${tools}`,
    zone: (zone: string) => `Zone ${zone}`,
    side: (side: string) => `Seite ${side}`,
    moved: (task: string, station: number) => `Vorgang ${task} an Station ${station}`,
    back: (task: string, station: number) => `Vorgang ${task} zurück an Station ${station}`,
    off: (task: string) => `Vorgang ${task} von der Linie`,
    nowBroken: (what: string, breaches: string) => `${what}. Verletzt: ${breaches}.`,
    mended: (what: string, breaches: string) => `${what}. Behoben: ${breaches}.`,
    byHand: (stations: number, moves: number, proof: string) =>
      `${stations} Stationen nach ${moves} ${moves === 1 ? "Zug" : "Zügen"} von Hand; gekommen als: ${proof}`,
    breach: germanBreach,
    proof: germanProof,
  },
} as const;

export type BalanceWords = (typeof BALANCE_WORDS)["en" | "de"];

function germanBreach(breach: Breach): string {
  switch (breach.kind) {
    case "unassigned":
      return `Vorgang ${breach.task} ist an keiner Station`;
    case "precedence":
      return `Vorgang ${breach.before} muss vor ${breach.task} kommen und ist an einer späteren Station`;
    case "overload": {
      const of = breach.model === undefined ? "" : ` für ${breach.model}`;
      return `Station ${breach.station + 1} hat ${breach.loadS} s Arbeit${of} in ${breach.capacityS} s`;
    }
    case "together":
      return `Vorgänge ${breach.tasks.join(" und ")} gehören an eine Station`;
    case "apart":
      return `Vorgänge ${breach.tasks.join(" und ")} dürfen nicht beide an Station ${breach.station + 1} sein`;
    case "zone":
      return `Station ${breach.station + 1} arbeitet in den Zonen ${breach.zones.join(" und ")}`;
    case "equipment":
      return `Station ${breach.station + 1} fehlt ${breach.missing.join(", ")} für Vorgang ${breach.task}`;
    case "side":
      return `Station ${breach.station + 1} hat nicht ${breach.wants === "both" ? "beide Seiten" : `die Seite ${breach.wants}`} von Vorgang ${breach.task}`;
    case "ergonomics":
      return `Station ${breach.station + 1} hat ${breach.points} Ergonomiepunkte, mehr als ${breach.most}`;
  }
}

function germanProof({ stations, cycleS, proof, editedBy }: BalanceMessage): string {
  if (proof === undefined) return `${stations} Stationen, bearbeitet von ${editedBy ?? "Hand"}`;
  const said = {
    stations: { is: `${stations} Stationen`, best: "die wenigsten", unit: "Stationen" },
    cycle: { is: `Takt ${cycleS} s`, best: "der kürzeste", unit: "s" },
    efficiency: { is: `${stations} Stationen × ${cycleS} s`, best: "die wenigste bezahlte Zeit", unit: "s" },
  }[proof.kind];
  if (proof.proven) return `${said.is}, bewiesen: ${said.best}`;
  const least = proof.bound === undefined ? "" : `; weniger als ${proof.bound} ${said.unit} geht nicht`;
  return `${said.is}${least} (${DE_ENDED[proof.endedBy]})`;
}
