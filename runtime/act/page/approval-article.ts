import type { PersonView } from "../person-view.ts";
import type { ApprovalStatus } from "../status.ts";
import { intervalBars } from "./bars.ts";
import { holdButton, make, mark, passwordField, row } from "./controls.ts";
import type { Said } from "./envelope-article.ts";
import { figure, plantClock, shortName, signed, timeLeft, withUnit } from "./figures.ts";
import { approveHold, askedBy, notYours, WORDS } from "./words.ts";

type Claims = NonNullable<ApprovalStatus["claims"]>;

/** A recommendation that waits for a person: what, from what to what, what it will do, until when, who asked. */
export function approvalArticle(approval: ApprovalStatus, view: PersonView, said: Said): HTMLElement {
  const id = `approval-${approval.id}`;
  const { plant } = view.status;
  const detail = view.approvals[approval.id]!;
  const leftMs = (approval.expiresUs - plant.timeUs) / 1000 / Math.max(plant.speed, 1e-9);
  const password = `password-${id}`;
  const refused = detail.refused === null ? undefined : notYours(detail.refused);
  return make(
    "article",
    { id, className: "approval", attributes: { "aria-labelledby": `${id}-name` } },
    make(
      "div",
      { className: "head" },
      make("h2", { id: `${id}-name`, text: approval.title }),
      make("span", { className: "state", text: WORDS.approvals }),
      make("p", { text: `${approval.twin}. ${askedBy(approval.proposedBy)}.` }),
    ),
    make("div", { className: "facts" }, effect(approval), constraints(approval.claims)),
    make(
      "div",
      { className: "acts" },
      changes(approval, detail.now),
      make(
        "section",
        { className: "panel" },
        make("h3", {}, make("span", { text: WORDS.approve }), make("output", { text: timeLeft(leftMs) })),
        make("p", { text: `Lapses at ${plantClock(approval.expiresUs)} plant time.` }),
        passwordField(password, WORDS.yourPassword, refused !== undefined),
        holdButton(`hold-${id}`, {
          text: approveHold(approval.changes.length),
          data: { act: "approve", about: approval.id, hash: approval.hash },
          refused,
        }),
        make("p", { className: "error", text: said.get(approval.id) ?? "", attributes: { role: "alert" } }),
      ),
    ),
  );
}

function changes({ changes: asked, twin }: ApprovalStatus, now: readonly (number | null)[]): HTMLElement {
  const tiles = asked.map(({ target, value, unit }, i) =>
    make(
      "li",
      {},
      make("span", { text: shortName(target, twin) }),
      make("b", { text: withUnit(value, unit) }),
      make("small", { text: typeof now[i] === "number" ? `now ${figure(now[i])}` : WORDS.notRead }),
    ),
  );
  return make(
    "section",
    { className: "tiles" },
    make("h3", { text: WORDS.setpoints }),
    make("ul", {}, ...tiles),
  );
}

function effect({ claims, twin }: ApprovalStatus): HTMLElement {
  const section = make("section", { className: "effect" }, make("h3", { text: "Projected effect" }));
  if (claims === null || (claims.projected === undefined && claims.comparisons.length === 0)) {
    section.append(make("p", { className: "none", text: WORDS.noEffect }));
    return section;
  }
  if (claims.comparisons.length > 0) {
    const lines = claims.comparisons.map(({ what, unit, baseline, scenario, difference }) => {
      const line = row("td", [
        `${what}, ${unit}`,
        figure(baseline.value),
        figure(scenario.value),
        signed(difference.value),
      ]);
      line.children[3]!.append(
        make("small", { text: `${signed(difference.low)} to ${signed(difference.high)}` }),
      );
      return line;
    });
    const head = row("th", ["", WORDS.asItIs, WORDS.withChange, WORDS.difference]);
    section.append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines)));
  }
  if (claims.projected !== undefined) section.append(projection(claims.projected, twin));
  return section;
}

function projection(projected: NonNullable<Claims["projected"]>, twin: string): HTMLElement {
  const { address, unit, interval, baseline, afterUs } = projected;
  const spans = baseline === undefined ? [interval] : [baseline, interval];
  const names = baseline === undefined ? [WORDS.withChange] : [WORDS.asItIs, WORDS.withChange];
  const bars = intervalBars(spans);
  return make(
    "div",
    { className: "spans" },
    make("p", {
      text: `${shortName(address, twin)} after ${figure(afterUs / 60e6)} min, 5 to 95 %, ${unit}`,
    }),
    ...spans.map(({ value, low, high }, i) =>
      make(
        "div",
        {},
        make("span", { text: names[i]! }),
        bars[i],
        make("b", { text: figure(value) }),
        make("small", { text: `${figure(low)} to ${figure(high)}` }),
      ),
    ),
  );
}

function constraints(claims: Claims | null): HTMLElement | undefined {
  if (claims === null || claims.constraints.length === 0) return undefined;
  const items = claims.constraints.map(({ name, value, limit, unit, verdict }) => {
    const word = verdict === "violated" ? WORDS.violated : verdict === "at limit" ? WORDS.atLimit : "";
    return make(
      "li",
      {},
      mark(verdict === "violated" ? "2" : "holds"),
      make("span", { text: name }),
      make("span", { className: "value" }, make("b", { text: word })),
      make("small", { text: `${figure(value)} of ${withUnit(limit, unit)}` }),
    );
  });
  return make("section", {}, make("h3", { text: WORDS.constraints }), make("ul", {}, ...items));
}

/** What was approved or lapsed last, newest first. */
export function closedApprovals(approvals: readonly ApprovalStatus[]): HTMLElement | undefined {
  const closed = approvals
    .filter(({ state }) => state !== "open")
    .slice(-5)
    .reverse();
  if (closed.length === 0) return undefined;
  const items = closed.map(({ title, state, approvedBy }) =>
    make(
      "li",
      { className: "short" },
      mark(state === "approved" ? "holds" : "open"),
      make("span", { text: title }),
      make("span", { className: "value", text: state === "approved" ? `by ${approvedBy ?? ""}` : "lapsed" }),
    ),
  );
  return make(
    "section",
    { className: "closed" },
    make("h3", { text: WORDS.closed }),
    make("ul", {}, ...items),
  );
}
