import type { PersonView } from "../person-view.ts";
import type { ActuatorStatus } from "../status.ts";
import { approvalArticle, closedApprovals } from "./approval-article.ts";
import { auditSection } from "./audit-section.ts";
import { element, type Mark, make, mark, typedIn } from "./controls.ts";
import { envelopeArticle } from "./envelope-article.ts";
import { plantClock } from "./figures.ts";
import { Hold } from "./hold.ts";
import { morph } from "./morph.ts";
import { phaseOf } from "./phase.ts";
import { call, forgetToken, isSignedIn, keepToken, Refusal } from "./session.ts";
import { errorWords, PHASES, WORDS } from "./words.ts";

/** The page of one person: signs in, looks once a second, and does what buttons say. */
const LOOK_EVERY_MS = 1000;
const said = new Map<string, string>();
/** Hash of what was last painted, by the id of the button it stands on. */
const shownHash = new Map<string, string>();
const announced = new Map<string, string>();
let refreshing = false;

const wordsOf = (error: unknown): string =>
  error instanceof Refusal ? errorWords(error.code, error.message) : String(error);

function sayOnPage(text: string): void {
  const message = element("message");
  message.hidden = text === "";
  if (message.textContent !== text) message.textContent = text;
}

/** For who does not see the page: told once, as it comes. */
function announce(key: string, text: string): void {
  if (announced.get(key) === text) return;
  const isFirst = !announced.has(key);
  announced.set(key, text);
  if (!isFirst) element("announce").textContent = text;
}

function notice(kind: Mark, className: string, title: string, text: string): HTMLElement {
  return make(
    "div",
    { className: `notice ${className}` },
    mark(kind),
    make("div", {}, make("p", { className: "cause", text: title }), make("p", { text })),
  );
}

function notices(status: ActuatorStatus): HTMLElement[] {
  const all: HTMLElement[] = [];
  const { problem } = status.plant;
  if (!status.audit.whole) {
    all.push(notice("1", "p1", `${WORDS.auditBroken}: ${status.audit.breaks[0]}`, WORDS.auditBrokenMeaning));
  }
  if (problem !== null)
    all.push(notice("stale", "bad", `${WORDS.linkLost}: ${problem}`, WORDS.linkLostMeaning));
  if (!status.isolation.isolated && status.reality === "live") {
    const reasons = status.isolation.reasons.join(", ");
    all.push(notice("2", "p2", `${WORDS.notIsolated}: ${reasons}`, WORDS.notIsolatedMeaning));
  }
  return all;
}

function content(view: PersonView): HTMLElement[] {
  const { status } = view;
  const parts = notices(status);
  for (const approval of status.approvals.filter(({ state }) => state === "open")) {
    parts.push(approvalArticle(approval, view, said));
    announce(`approval ${approval.id}`, `${WORDS.approvals}: ${approval.title}`);
  }
  for (const envelope of status.envelopes) {
    parts.push(envelopeArticle(envelope, view, said));
    const { state } = PHASES[phaseOf(envelope, view.envelopes[envelope.id]!)];
    announce(`envelope ${envelope.id}`, `${envelope.name}: ${state}`);
  }
  if (status.envelopes.length === 0) {
    const text = view.person.scopes.includes("") ? WORDS.nothingWantedMeaning : WORDS.nothingInScope;
    parts.push(
      make("article", { className: "empty" }, make("h2", { text: WORDS.nothingWanted }), make("p", { text })),
    );
  }
  const names = new Map(status.envelopes.map(({ id, name }) => [id, name]));
  const closed = closedApprovals(status.approvals);
  parts.push(
    make(
      "div",
      { className: "last" },
      ...(closed === undefined ? [] : [closed]),
      auditSection(view.audit, names),
    ),
  );
  return parts;
}

function paint(view: PersonView): void {
  const { status, person } = view;
  element("reality").hidden = status.reality !== "virtual";
  element("isolation").hidden = status.isolation.isolated || status.reality === "live";
  element("clock").textContent = plantClock(status.plant.timeUs);
  const scopes = person.scopes.includes("") ? WORDS.everything : person.scopes.join(", ") || WORDS.noScope;
  element("person").textContent = `${person.name}, ${person.role}, ${scopes}`;
  morph(element<HTMLElement>("desk"), make("main", { id: "desk" }, ...content(view)));
  for (const button of document.querySelectorAll<HTMLElement>("button.hold")) seeChange(button);
}

/** What changed under a person who was about to agree to it is said, and the password must be given anew. */
function seeChange({ id, dataset: { hash = "", about = "" } }: HTMLElement): void {
  const before = shownHash.get(id);
  shownHash.set(id, hash);
  if (before === undefined || before === hash) return;
  const input = element<HTMLInputElement | null>(id.replace("hold-", "password-"));
  if (!input?.value) return;
  input.value = "";
  said.set(about, WORDS.changedMeanwhile);
}

async function refresh(): Promise<void> {
  const signedIn = isSignedIn();
  element("sign-in").hidden = signedIn;
  element("desk").hidden = !signedIn;
  element("who").hidden = !signedIn;
  if (!signedIn || hold.isHeld || refreshing) return;
  refreshing = true;
  try {
    const view = await call<PersonView>("/view");
    if (!hold.isHeld) paint(view);
    sayOnPage("");
  } catch (error) {
    sayOnPage(wordsOf(error));
    if (!isSignedIn()) showSignIn();
  } finally {
    refreshing = false;
  }
}

/** Nothing of what was seen stays on the page of whoever comes next. */
function showSignIn(): void {
  element("desk").replaceChildren();
  element("sign-in").hidden = false;
  element("desk").hidden = true;
  element("who").hidden = true;
  for (const map of [said, shownHash, announced]) map.clear();
}

async function attempt(about: string, act: () => Promise<void>): Promise<void> {
  said.delete(about);
  try {
    await act();
  } catch (error) {
    said.set(about, wordsOf(error));
    if (!isSignedIn()) {
      showSignIn();
      sayOnPage(WORDS.signedOut);
      return;
    }
  }
  await refresh();
}

/** What was held for 2 s. The password is forgotten at once, whatever comes of it. */
function held(button: HTMLElement): void {
  const { act, about = "", hash, mode, minutes } = button.dataset;
  const input = element<HTMLInputElement>(button.id.replace("hold-", "password-"));
  const password = input.value;
  void attempt(about, async () => {
    if (password === "") throw new Refusal("page", WORDS.passwordFirst);
    if (act === "arm") {
      const lasts = Number(minutes ?? typedIn(`minutes-${about}`));
      if (!(lasts >= 1 && lasts <= 720)) throw new Refusal("page", WORDS.minutesFirst);
      input.value = "";
      const chosen = mode ?? typedIn(`mode-${about}`);
      await call("/arm", { envelope: about, mode: chosen, minutes: lasts, password });
      return;
    }
    input.value = "";
    if (act === "approve") await call("/approve", { proposal: about, hash, password });
    else await call("/commission", { envelope: about, hash, password });
  });
}

const hold = new Hold(held);

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("button[data-act]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const { act, about = "" } = button.dataset;
  if (act === "disarm") void attempt(about, () => call("/disarm", { envelope: about }));
  if (act === "sign-out") {
    void attempt("", async () => {
      // Whatever the actuator says, this tab keeps no token.
      const end = call("/sign-out", {});
      forgetToken();
      showSignIn();
      await end;
    });
  }
});

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  void (async () => {
    const [name, password] = [typedIn("name"), typedIn("password")];
    element<HTMLInputElement>("password").value = "";
    try {
      const { token } = await call<{ token: string }>("/sign-in", { name, password });
      keepToken(token);
      sayOnPage("");
      await refresh();
    } catch (error) {
      sayOnPage(wordsOf(error));
      element("password").focus();
    }
  })();
});

await refresh();
setInterval(() => void refresh(), LOOK_EVERY_MS);
