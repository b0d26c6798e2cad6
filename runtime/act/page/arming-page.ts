import type { ActuatorStatus, ApprovalStatus, EnvelopeStatus } from "../status.ts";

/** The arming page. The bearer token lives in sessionStorage, so it ends with the tab and no other page sends it. */
const HOLD_MS = 2000;
/** Characters of a check's value that fit beside its name on a phone. */
const SHORT = 16;
const TOKEN = "rung-actuator-token";
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
/** Kept over repaints: what a person is typing. */
const typed = new Map<string, string>();
let busy = false;

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

function make(
  tag: string,
  parts: { text?: string; className?: string } = {},
  ...children: Node[]
): HTMLElement {
  const made = document.createElement(tag);
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.className !== undefined) made.className = parts.className;
  made.append(...children);
  return made;
}

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

/** A drawn mark: a tick in a disc, or a triangle where it does not hold. */
function mark(holds: boolean): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", holds ? "holds" : "does not hold");
  const shape = (d: string, attributes: Record<string, string>) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    svg.append(path);
  };
  if (holds) {
    shape("M9 1a8 8 0 1 0 0 16a8 8 0 1 0 0-16z", { fill: "var(--data)" });
    shape("M5 9.2l2.8 2.8L13 6.6", { fill: "none", stroke: "var(--on-data)", "stroke-width": "2" });
  } else {
    shape("M9 1.5L17 16H1z", { fill: "var(--p2)", stroke: "var(--rim)", "stroke-width": "1.4" });
    shape("M9 6v5M9 12.6v1.6", { fill: "none", stroke: "#14181b", "stroke-width": "1.8" });
  }
  return svg;
}

/** Does something only after the button was held for 2 s; letting go cancels. Enter and Space hold it too. */
function holdButton(text: string, act: () => Promise<void>): HTMLElement {
  const fill = document.createElement("i");
  const button = make("button", { className: "hold" }, fill, make("span", { text })) as HTMLButtonElement;
  button.type = "button";
  let started = 0;
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    started = 0;
    busy = false;
    fill.style.width = "0";
  };
  const step = () => {
    const share = (performance.now() - started) / HOLD_MS;
    fill.style.width = `${Math.min(100, share * 100)}%`;
    if (share < 1) {
      frame = requestAnimationFrame(step);
      return;
    }
    stop();
    void attempt(act);
  };
  const start = () => {
    if (started !== 0) return;
    busy = true;
    started = performance.now();
    frame = requestAnimationFrame(step);
  };
  button.addEventListener("pointerdown", start);
  for (const end of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) {
    button.addEventListener(end, stop);
  }
  button.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") start();
  });
  return button;
}

function field(id: string, label: string, type: string, fallback = ""): HTMLElement {
  const input = make("input") as HTMLInputElement;
  input.id = id;
  input.type = type;
  input.value = typed.get(id) ?? fallback;
  if (type === "number") input.min = "1";
  if (type === "password") input.autocomplete = "off";
  input.addEventListener("input", () => typed.set(id, input.value));
  return make("label", { text: label }, input);
}

const typedIn = (id: string): string => element<HTMLInputElement>(id).value;

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

function row(tag: string, cells: readonly string[]): HTMLElement {
  return make("tr", {}, ...cells.map((text) => make(tag, { text })));
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
    holdButton("Hold 2 s to commission", async () => {
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
  for (const [value, text] of [
    ["act", "Writes by itself"],
    ["advise", "Asks for approval"],
  ] as const) {
    const option = make("option", { text }) as HTMLOptionElement;
    option.value = value;
    mode.append(option);
  }
  mode.value = typed.get(ids.mode) ?? "act";
  mode.addEventListener("change", () => typed.set(ids.mode, mode.value));
  const people =
    status.personsToArm > 1
      ? envelope.armRequestedBy === null
        ? "Two people arm it: a second one confirms within 5 minutes."
        : `${envelope.armRequestedBy} asked for it; another person confirms.`
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
      field(ids.minutes, "Minutes", "number", "60"),
      make("label", { text: "What it does" }, mode),
    ),
    field(ids.password, "Your password", "password"),
    holdButton("Hold 2 s to arm", async () => {
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
    holdButton(`Hold 2 s to approve ${count} setpoint${count === 1 ? "" : "s"}`, async () => {
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
  if (!signedIn || busy || typing) return;
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
