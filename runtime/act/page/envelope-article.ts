import type { EnvelopeDetail, PersonView } from "../person-view.ts";
import type { EnvelopeStatus, WriteRecord } from "../status.ts";
import { limitBar, timeBar } from "./bars.ts";
import { field, holdButton, type Mark, make, mark, passwordField, row } from "./controls.ts";
import { figure, inWords, shortName, timeLeft, wallClock, withUnit } from "./figures.ts";
import { armObstacle, type Phase, phaseOf } from "./phase.ts";
import {
  armedBy,
  differsIn,
  disarmsAt,
  EFFECTS,
  MODES,
  notYours,
  ofNeeded,
  PHASES,
  proposedBack,
  secondPerson,
  WORDS,
  waitsFor,
} from "./words.ts";

/** Characters of a check's value that fit beside its name on a phone. */
const SHORT = 14;
const WRITES = 8;

/** What was last said to the person about one thing on the page, by its id. */
export type Said = ReadonlyMap<string, string>;

/** One envelope: where it stands, its checks, what can be done, its setpoints, writes and observed decisions. */
export function envelopeArticle(envelope: EnvelopeStatus, view: PersonView, said: Said): HTMLElement {
  const detail = view.envelopes[envelope.id]!;
  const phase = phaseOf(envelope, detail);
  const id = `envelope-${envelope.id}`;
  const isCommissioned = envelope.commissioned || phase === "retired";
  return make(
    "article",
    { id, className: phase, attributes: { "aria-labelledby": `${id}-name` } },
    make(
      "div",
      { className: "head" },
      make("h2", { id: `${id}-name`, text: envelope.name }),
      make("span", { className: "state", text: PHASES[phase].state }),
      make("p", { text: subtitle(envelope) }),
    ),
    make(
      "div",
      { className: "facts" },
      notice(envelope, detail, phase),
      isCommissioned ? undefined : differenceTable(envelope, detail),
      checkList(envelope),
    ),
    make(
      "div",
      { className: "acts" },
      panel(envelope, view, phase, said),
      setpoints(envelope, view.status.plant.problem === null),
    ),
    make("div", { className: "more" }, writes(envelope), observedList(envelope, detail)),
  );
}

function subtitle({ twin, commissionedHow }: EnvelopeStatus): string {
  return commissionedHow === null ? twin : `${twin}, commissioned ${commissionedHow}`;
}

/** What a person must know first. Nothing is marked where nothing is wrong. */
const MARKS: Readonly<Partial<Record<Phase, Mark>>> = {
  hold: "2",
  "locked-out": "1",
  disarmed: "2",
  changed: "2",
};

function notice(envelope: EnvelopeStatus, detail: EnvelopeDetail, phase: Phase): HTMLElement | undefined {
  const { meaning } = PHASES[phase];
  const { arming } = envelope;
  const kind = MARKS[phase];
  const causes =
    phase === "hold"
      ? arming.hold!.causes
      : phase === "locked-out" || phase === "disarmed"
        ? [arming.disarmedBecause ?? ""]
        : phase === "advise-only"
          ? [
              `No request block: ${detail.withoutRequestBlock.map((one) => shortName(one, envelope.twin)).join(", ")}`,
            ]
          : [];
  if (kind === undefined && phase !== "advise-only") return undefined;
  return make(
    "div",
    { className: `notice p${kind ?? "-none"}` },
    kind === undefined ? undefined : mark(kind),
    make(
      "div",
      {},
      ...causes
        .filter(Boolean)
        .map((text) => make("p", { className: "cause", text: inWords(text, envelope.twin) })),
      make("p", { text: meaning }),
    ),
  );
}

function checkList({ checks, twin }: EnvelopeStatus): HTMLElement {
  const items = checks.map(({ what, holds, value }) =>
    make(
      "li",
      { className: value.length <= SHORT ? "short" : "" },
      mark(holds ? "holds" : "2"),
      make("span", { text: what }),
      make("span", { className: "value", text: inWords(value, twin) }),
    ),
  );
  return make("section", {}, make("h3", { text: WORDS.checks }), make("ul", {}, ...items));
}

function differenceTable({ twin }: EnvelopeStatus, { differences }: EnvelopeDetail): HTMLElement {
  const isNew = differences.every(({ commissioned }) => commissioned === null);
  const columns = isNew ? [WORDS.asWanted] : [WORDS.asCommissioned, WORDS.asWanted];
  const groups = new Set(differences.map(({ target }) => target));
  const bodies = [...groups].map((target) => {
    const name = target === null ? WORDS.wholeEnvelope : shortName(target, twin);
    const title = make(
      "tr",
      {},
      make("th", {
        className: "group",
        text: name,
        attributes: { colspan: String(columns.length + 1), scope: "rowgroup" },
      }),
    );
    const lines = differences
      .filter((one) => one.target === target)
      .map(({ field: what, commissioned, wanted }) =>
        row("td", [what, ...(isNew ? [] : [commissioned ?? WORDS.notThere]), wanted ?? WORDS.notThere]),
      );
    return make("tbody", {}, title, ...lines);
  });
  return make(
    "section",
    { className: "differences" },
    make("h3", { text: isNew ? WORDS.asWantedNew : WORDS.differences }),
    make("p", { text: isNew ? WORDS.newEnvelope : differsIn(differences.length) }),
    make(
      "table",
      { className: isNew ? "one" : "two" },
      make("thead", {}, row("th", ["", ...columns])),
      ...bodies,
    ),
  );
}

function panel(
  envelope: EnvelopeStatus,
  view: PersonView,
  phase: Phase,
  said: Said,
): HTMLElement | undefined {
  const detail = view.envelopes[envelope.id]!;
  const error = make("p", {
    className: "error",
    text: said.get(envelope.id) ?? "",
    attributes: { role: "alert" },
  });
  switch (phase) {
    case "retired":
      return make("section", {}, make("p", { text: PHASES.retired.meaning }), error);
    case "never-commissioned":
    case "changed":
      return commissionPanel(envelope, detail, phase, error);
    case "armed":
    case "hold":
      return armedPanel(envelope, view, phase, error);
    default:
      return armPanel(envelope, view, phase, error);
  }
}

function commissionPanel(
  envelope: EnvelopeStatus,
  { refused }: EnvelopeDetail,
  phase: Phase,
  error: HTMLElement,
): HTMLElement {
  const { id } = envelope;
  const refusal = refused.commission === null ? undefined : notYours(refused.commission);
  return make(
    "section",
    { className: "panel" },
    make("h3", { text: WORDS.commission }),
    phase === "never-commissioned" ? make("p", { text: PHASES[phase].meaning }) : undefined,
    make("p", { text: WORDS.commissionWhy }),
    passwordField(`password-${id}`, WORDS.yourPassword, refusal !== undefined),
    holdButton(`hold-${id}`, {
      text: WORDS.commissionHold,
      data: { act: "commission", about: id, hash: envelope.wantedHash ?? "" },
      refused: refusal,
    }),
    error,
  );
}

function armedPanel(
  envelope: EnvelopeStatus,
  view: PersonView,
  phase: Phase,
  error: HTMLElement,
): HTMLElement {
  const { arming, armedUntilMs, id } = envelope;
  const detail = view.envelopes[id]!;
  const refusal = detail.refused.disarm;
  return make(
    "section",
    { className: "panel armed" },
    make(
      "h3",
      {},
      make("span", { text: PHASES[phase].state }),
      make("small", { text: MODES[arming.mode]!.toLowerCase() }),
      make("output", { text: timeLeft(arming.armedForMs) }),
    ),
    timeBar(arming.armedForMs, detail.armLastsMs),
    make("p", { text: armedBy(arming.armedBy) }),
    make(
      "div",
      { className: "foot" },
      make("span", { text: disarmsAt(wallClock(armedUntilMs ?? 0)) }),
      make("button", {
        id: `disarm-${id}`,
        text: WORDS.disarm,
        attributes: {
          type: "button",
          "data-act": "disarm",
          "data-about": id,
          "aria-describedby": `disarm-${id}-why`,
          ...(refusal === null ? {} : { "aria-disabled": "true" }),
        },
      }),
    ),
    make("p", { id: `disarm-${id}-why`, className: "why", text: refusal === null ? "" : notYours(refusal) }),
    error,
  );
}

function armPanel(envelope: EnvelopeStatus, view: PersonView, phase: Phase, error: HTMLElement): HTMLElement {
  const { id, armRequest: asked } = envelope;
  const detail = view.envelopes[id]!;
  const obstacle = armObstacle(envelope);
  const isOwn = asked !== null && asked.by === view.person.name;
  const refused =
    detail.refused.arm !== null
      ? notYours(detail.refused.arm)
      : phase === "advise-only"
        ? WORDS.noRequestBlock
        : obstacle !== undefined
          ? waitsFor(inWords(obstacle, envelope.twin))
          : isOwn
            ? WORDS.youAsked
            : undefined;
  const people = view.status.personsToArm > 1 ? WORDS.twoPeople : WORDS.onePerson;
  return make(
    "section",
    { className: "panel" },
    make(
      "h3",
      {},
      make("span", { text: asked === null ? WORDS.arm : WORDS.agree }),
      asked === null ? undefined : make("output", { text: timeLeft(detail.secondPersonWithinMs ?? 0) }),
    ),
    phase === "observing" ? observedProgress(envelope) : undefined,
    make("p", {
      text:
        asked === null
          ? people
          : secondPerson(asked.by, asked.mode, asked.minutes, detail.secondPersonWithinMs ?? 0),
    }),
    asked === null ? armFields(id, refused !== undefined) : undefined,
    passwordField(`password-${id}`, WORDS.yourPassword, refused !== undefined),
    holdButton(`hold-${id}`, {
      text: asked === null ? WORDS.armHold : WORDS.armAgree,
      data: {
        act: "arm",
        about: id,
        ...(asked === null ? {} : { mode: asked.mode, minutes: String(asked.minutes) }),
        hash: envelope.commissionedHash ?? "",
      },
      refused,
    }),
    error,
  );
}

function armFields(id: string, disabled: boolean): HTMLElement {
  const options = Object.entries(MODES).map(([value, text]) =>
    make("option", { text, attributes: { value } }),
  );
  const select = make(
    "select",
    { id: `mode-${id}`, attributes: disabled ? { disabled: "" } : {} },
    ...options,
  );
  return make(
    "div",
    { className: "fields" },
    field(
      `minutes-${id}`,
      WORDS.minutes,
      { type: "number", min: "1", max: "720", value: "60", inputmode: "numeric" },
      disabled,
    ),
    make("label", { text: WORDS.what, attributes: { for: `mode-${id}` } }, select),
  );
}

function observedProgress({ observed }: EnvelopeStatus): HTMLElement {
  const { inside, needed, outside } = observed;
  return make(
    "div",
    { className: "progress" },
    make("p", { text: `${WORDS.observed}: ${ofNeeded(inside, needed, outside)}` }),
    timeBar(inside, needed),
  );
}

/** @param isRead what was read before the link was lost is not what is in force now */
function setpoints({ targets, twin }: EnvelopeStatus, isRead: boolean): HTMLElement {
  const items = targets.map(({ address, unit, min, max, setpoint: last, beforeArm, proposedBack: back }) => {
    const setpoint = isRead ? last : null;
    const was = beforeArm === null || beforeArm === setpoint ? "" : `was ${figure(beforeArm)}`;
    return make(
      "li",
      {},
      make("span", { text: shortName(address, twin) }, make("small", { text: was })),
      make("b", { text: setpoint === null ? WORDS.notRead : withUnit(setpoint, unit) }),
      make(
        "div",
        {},
        make("small", { text: figure(min) }),
        limitBar(min, max, setpoint),
        make("small", { text: figure(max) }),
      ),
      back === undefined ? undefined : make("p", { text: proposedBack(withUnit(back, unit)) }),
    );
  });
  return make(
    "section",
    { className: "setpoints" },
    make("h3", { text: WORDS.setpoints }),
    make("ul", {}, ...items),
  );
}

function writes(envelope: EnvelopeStatus): HTMLElement {
  const section = make("section", { className: "writes" }, make("h3", { text: WORDS.writes }));
  if (envelope.writes.length === 0) {
    section.append(make("p", { className: "none", text: WORDS.noWrites }));
    return section;
  }
  section.append(
    make("ul", {}, ...envelope.writes.slice(0, WRITES).map((write) => writeItem(write, envelope.twin))),
  );
  return section;
}

function writeItem(write: WriteRecord, twin: string): HTMLElement {
  const { target, value, prior, unit, state, readBack, reason, effect, atMs } = write;
  const came = effect === undefined ? "" : `, ${EFFECTS[effect] ?? effect}`;
  const holds = state === "verified" && effect !== "wrong";
  return make(
    "li",
    {},
    mark(holds ? "holds" : "2"),
    make("span", { text: `${shortName(target, twin)} ${figure(prior)} → ${withUnit(value, unit)}` }),
    make("span", { className: "value", text: wallClock(atMs) }),
    make("small", {
      text:
        state === "verified"
          ? `read back ${withUnit(readBack, unit)}${came}`
          : `${inWords(reason, twin)}${readBack === null ? "" : `, read back ${withUnit(readBack, unit)}`}`,
    }),
  );
}

function observedList({ twin, observed }: EnvelopeStatus, detail: EnvelopeDetail): HTMLElement {
  const section = make(
    "section",
    { className: "observed" },
    make(
      "h3",
      {},
      make("span", { text: WORDS.observed }),
      make("small", { text: ofNeeded(observed.inside, observed.needed, observed.outside) }),
    ),
  );
  if (detail.observed.length === 0) {
    section.append(make("p", { className: "none", text: WORDS.noObserved }));
    return section;
  }
  const items = detail.observed.map(
    ({ target, prior, value, unit, projected, judgedBy, realised, inside, reason }) => {
      const interval = judgedBy === "no change" ? projected.baseline : projected.interval;
      const projection =
        interval === undefined || realised === undefined
          ? reason
          : `${shortName(projected.address, twin)} ${withUnit(realised, projected.unit)}, projected ${figure(interval.low)} to ${figure(interval.high)}`;
      return make(
        "li",
        {},
        mark(inside === undefined ? "open" : inside ? "holds" : "2"),
        make("span", { text: `${shortName(target, twin)} ${figure(prior)} → ${withUnit(value, unit)}` }),
        make("span", {
          className: "value",
          text: inside === undefined ? "not judged" : inside ? "inside" : "outside",
        }),
        make("small", { text: projection }),
      );
    },
  );
  section.append(make("ul", {}, ...items));
  return section;
}
