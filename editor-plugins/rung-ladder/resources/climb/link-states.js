/** How long what the runtime said about a link is shown before it is asked again, ms. */
const FRESH_MS = 2000;

const KIND = { "rung-opcua-link": "OPC UA", "rung-mqtt-link": "MQTT" };
const REALITY = { live: "live", virtual: "virtual plant" };
const PHASE = {
  idle: "not in use",
  connecting: "connecting",
  connected: "connected",
  retrying: "not connected, trying again",
  "waits-for-trust": "waits for your trust in its server",
};

const said = new Map();

/** "OPC UA · virtual plant · connected"; the last part once the runtime has said it. */
export function linkWords({ id, type, reality, changed }) {
  const state = changed ? "not deployed yet" : said.get(id)?.words;
  const parts = [KIND[type], REALITY[reality] ?? reality, state];
  return parts.filter((part) => part).join(" · ");
}

/** Asks the runtime about these links. @param changed called where one of them has something new to say */
export function askStates(links, changed) {
  for (const { id, type, changed: isEdited } of links) {
    if (isEdited) continue;
    if (performance.now() - (said.get(id)?.atMs ?? Number.NEGATIVE_INFINITY) < FRESH_MS) continue;
    const before = said.get(id)?.words;
    said.set(id, { words: before, atMs: performance.now() });
    const tell = (words) => {
      said.set(id, { words, atMs: performance.now() });
      if (words !== before) changed();
    };
    $.getJSON(`rung/${type.slice("rung-".length)}/${encodeURIComponent(id)}/state`)
      .done(({ phase }) => tell(PHASE[phase] ?? phase))
      .fail(({ status }) => tell(status === 404 ? "not deployed yet" : "state unknown"));
  }
}
