import type { ActuatorStatus, ApprovalStatus, EnvelopeStatus } from "../status.ts";
import { element, field, holdButton, isHolding, make, mark, row, typed, typedIn } from "./controls.ts";

/** The arming page. The bearer token lives in sessionStorage, so it ends with the tab and no other page sends it. */
/** Characters of a check's value that fit beside its name on a phone. */
const SHORT = 16;
const TOKEN = "rung-actuator-token";

async function call(path: string, body?: object): Promise<unknown> {
  const token = sessionStorage.getItem(TOKEN);
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { headers };
  if (body !== undefined) Object.assign(init, { method: "POST", body: JSON.stringify(body) });
  const response = await fetch(path, init);
  const answer = (await response.json()) as { error?: { code: string; message: string } };
  if (answer.error === undefined) return answer;
  if (answer.error.code === "not-signed-in") sessionStorage.removeItem(TOKEN);
  throw new Error(answer.error.message);
}

function say(text: string): void {
  const message = element("message");
  message.textContent = text;
  message.hidden = text === "";
}

/** What an arm lets the actuator do. */
const MODES: Readonly<Record<string, string>> = { act: "Writes by itself", advise: "Asks for approval" };

const number = (value: number | null): string =>
  value === null ? "no value" : (Math.round(value * 10) / 10).toFixed(1).replace("-", "\u2212");
const clockOf = (ms: number): string => new Date(ms).toTimeString().slice(0, 5);
/** The path below the twin in words: "zone 3 air temperature". */
const shortName = (address: string, twin: string): string =>
  (address.startsWith(`${twin}/`) ? address.slice(twin.length + 1) : address)
    .replace(/Setpoint$/, "")
    .replace(/([a-z])(\d)/g, "$1 $2")
    .replace(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replaceAll("/", " ");
const left = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};

async function attempt(act: () => Promise<void>): Promise<void> {
  (document.activeElement as HTMLElement | null)?.blur();
  try {
    say("");
    await act();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  await refresh();
}

/** A button to hold, whose failure is said on the page. */
const heldButton = (text: string, act: () => Promise<void>): HTMLElement =>
  holdButton(text, () => void attempt(act));

function checksOf(envelope: EnvelopeStatus): HTMLElement {
  const list = make("ul");
  for (const { what, holds, value } of envelope.checks) {
    list.append(
      make(
        "li",
        {},
        mark(holds),
        make("span", { text: what }),
        make("span", { className: value.length <= SHORT ? "value short" : "value", text: value }),
      ),
    );
  }
  return make("section", {}, make("h1", { text: envelope.name }), make("p", { text: envelope.twin }), list);
}

function setpointsOf(envelope: EnvelopeStatus): HTMLElement {
  const table = make("table", {}, row("th", ["Setpoint", "Now", "Limits"]));
  for (const t of envelope.targets) {
    const line = row("td", [
      shortName(t.address, envelope.twin),
      `${number(t.setpoint)} ${t.unit}`,
      `${t.min} to ${t.max}`,
    ]);
    if (t.beforeArm !== null && t.beforeArm !== t.setpoint) {
      line.children[1]!.append(make("small", { text: `was ${number(t.beforeArm)}` }));
    }
    table.append(line);
  }
  return make("section", {}, make("h2", { text: "Setpoints" }), table);
}

function writesOf(envelope: EnvelopeStatus): HTMLElement {
  const section = make("section", {}, make("h2", { text: "Last writes" }));
  if (envelope.writes.length === 0) {
    section.append(make("p", { className: "none", text: "Nothing was written since the actuator started." }));
    return section;
  }
  const table = make("table", {}, row("th", ["Setpoint", "Written", "Read back"]));
  for (const w of envelope.writes.slice(0, 8)) {
    const line = row("td", [
      shortName(w.target, envelope.twin),
      `${number(w.value)} ${w.unit}`,
      w.readBack === null ? "none" : number(w.readBack),
    ]);
    line.children[0]!.append(
      make("small", { text: `${clockOf(w.atMs)}, ${w.state === "verified" ? "verified" : w.reason}` }),
    );
    line.children[1]!.append(make("small", { text: `was ${number(w.prior)}` }));
    table.append(line);
  }
  section.append(table);
  return section;
}

function commissionPanel(envelope: EnvelopeStatus): HTMLElement {
  const password = `commission-${envelope.id}`;
  return make(
    "section",
    { className: "panel" },
    make("h1", { text: "Commission" }),
    make("p", { text: "The flow wants another envelope than the one in force. Compare the limits above." }),
    field(password, "Your password", "password"),
    heldButton("Hold 2 s to commission", async () => {
      const body = { envelope: envelope.id, hash: envelope.wantedHash, password: typedIn(password) };
      typed.delete(password);
      await call("/commission", body);
    }),
  );
}

function retiredPanel(): HTMLElement {
  return make(
    "section",
    { className: "panel" },
    make("h1", { text: "Retired" }),
    make("p", {
      text: "The flow has this envelope no longer. It cannot be armed until a flow wants it again.",
    }),
  );
}

function armPanel(envelope: EnvelopeStatus, status: ActuatorStatus): HTMLElement {
  const panel = make("section", { className: "panel" });
  const { arming } = envelope;
  if (arming.mode !== "observe") {
    const until = envelope.armedUntilMs ?? 0;
    const what = arming.mode === "act" ? "inside the envelope" : "what a person approves";
    const disarm = make("button", { text: "Disarm" }) as HTMLButtonElement;
    disarm.type = "button";
    disarm.addEventListener("click", () =>
      attempt(async () => void (await call("/disarm", { envelope: envelope.id }))),
    );
    panel.append(
      make(
        "h1",
        { text: arming.hold === null ? "Armed" : "On hold" },
        make("output", { text: left(until - Date.now()) }),
      ),
      make("p", { text: arming.hold === null ? `Writes ${what}.` : arming.hold.causes.join("; ") }),
      make("p", { text: `Armed by ${arming.armedBy.join(" and ")}.` }),
      make(
        "div",
        { className: "foot" },
        make("span", { text: `Disarms by itself at ${clockOf(until)}` }),
        disarm,
      ),
    );
    return panel;
  }
  const ids = {
    minutes: `minutes-${envelope.id}`,
    mode: `mode-${envelope.id}`,
    password: `arm-${envelope.id}`,
  };
  const mode = make("select") as HTMLSelectElement;
  mode.id = ids.mode;
  for (const [value, text] of Object.entries(MODES)) {
    const option = make("option", { text }) as HTMLOptionElement;
    option.value = value;
    mode.append(option);
  }
  const asked = envelope.armRequest;
  mode.value = typed.get(ids.mode) ?? asked?.mode ?? "act";
  mode.addEventListener("change", () => typed.set(ids.mode, mode.value));
  const people =
    status.personsToArm > 1
      ? asked === null
        ? "Two people arm it: a second one asks for the same within 5 minutes."
        : `${asked.by} asked for ${asked.minutes} minutes, "${MODES[asked.mode]}". Another person asks for the same.`
      : "One person is enough, because the plant is virtual.";
  panel.append(
    make("h1", { text: "Not armed" }),
    make("p", {
      text: arming.disarmedBecause === null ? "Nothing is written." : `Disarmed: ${arming.disarmedBecause}`,
    }),
    make("p", { text: people }),
    make(
      "div",
      { className: "row" },
      field(ids.minutes, "Minutes", "number", String(asked?.minutes ?? 60)),
      make("label", { text: "What it does" }, mode),
    ),
    field(ids.password, "Your password", "password"),
    heldButton("Hold 2 s to arm", async () => {
      const body = {
        envelope: envelope.id,
        minutes: Number(typedIn(ids.minutes)),
        mode: mode.value,
        password: typedIn(ids.password),
      };
      typed.delete(ids.password);
      const answer = (await call("/arm", body)) as { state: string };
      if (answer.state !== "armed") say("A second person must arm it now, from an own sign-in.");
    }),
  );
  return panel;
}

function approvalPanel(approval: ApprovalStatus): HTMLElement {
  const password = `approve-${approval.id}`;
  const table = make("table", {}, row("th", ["Setpoint", "Proposed"]));
  for (const change of approval.changes) {
    table.append(
      row("td", [shortName(change.target, approval.twin), `${number(change.value)} ${change.unit}`]),
    );
  }
  const count = approval.changes.length;
  return make(
    "section",
    { className: "panel" },
    make("h1", { text: approval.title }),
    make("p", { text: `${approval.twin}, until ${clockOf(approval.expiresUs / 1000)} plant time` }),
    table,
    field(password, "Your password", "password"),
    heldButton(`Hold 2 s to approve ${count} setpoint${count === 1 ? "" : "s"}`, async () => {
      const body = { proposal: approval.id, hash: approval.hash, password: typedIn(password) };
      typed.delete(password);
      await call("/approve", body);
    }),
  );
}

function panelOf(envelope: EnvelopeStatus, status: ActuatorStatus): HTMLElement {
  if (envelope.retired) return retiredPanel();
  return envelope.commissioned ? armPanel(envelope, status) : commissionPanel(envelope);
}

function paint(status: ActuatorStatus): void {
  const reality = element("reality");
  reality.hidden = status.reality === "live";
  reality.textContent = "Virtual plant";
  element("clock").textContent = new Date(status.plant.timeUs / 1000).toISOString().slice(11, 19);
  const parts: HTMLElement[] = status.approvals.filter((one) => one.state === "open").map(approvalPanel);
  if (status.envelopes.length === 0) {
    parts.push(
      make(
        "section",
        {},
        make("h1", { text: "No envelope" }),
        make("p", { text: "Deploy a flow with an envelope node; its limits appear here." }),
      ),
    );
  }
  for (const envelope of status.envelopes) {
    const panel = panelOf(envelope, status);
    // Limits are compared before they are commissioned; before arming the checks are what counts.
    parts.push(checksOf(envelope));
    if (envelope.commissioned) parts.push(panel, setpointsOf(envelope), writesOf(envelope));
    else parts.push(setpointsOf(envelope), panel, writesOf(envelope));
  }
  element("envelopes").replaceChildren(...parts);
}

async function refresh(): Promise<void> {
  const signedIn = sessionStorage.getItem(TOKEN) !== null;
  element("sign-in").hidden = signedIn;
  element("envelopes").hidden = !signedIn;
  // A repaint would take the field away under the one who types.
  const typing = document.activeElement?.matches("#envelopes input, #envelopes select") ?? false;
  if (!signedIn || isHolding || typing) return;
  try {
    paint((await call("/status")) as ActuatorStatus);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt(async () => {
    const answer = (await call("/sign-in", { name: typedIn("name"), password: typedIn("password") })) as {
      token: string;
    };
    sessionStorage.setItem(TOKEN, answer.token);
    element<HTMLInputElement>("password").value = "";
  });
});

await refresh();
setInterval(() => void refresh(), 1000);
