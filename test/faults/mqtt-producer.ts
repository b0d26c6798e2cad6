/** A publisher in a process of its own: all tags take a new value every period, sent as JSON with QoS 1. */
import { connect } from "mqtt";
import { Random } from "../../runtime/core/random.ts";
import { answer, givenOptions, tell } from "./child-side.ts";
import { ProductionLog, tagName } from "./production.ts";

export interface MqttProducerOptions {
  readonly log: string;
  readonly url: string;
  readonly tags: number;
  readonly periodMs: number;
  readonly seed: number;
}

interface Message {
  readonly topic: string;
  readonly payload: string;
}

const options = givenOptions<MqttProducerOptions>();
const log = new ProductionLog(options.log);
const random = new Random(options.seed);
const client = connect(options.url, { clientId: "producer", clean: false, reconnectPeriod: 200 });
let acknowledged = 0;
let published = 0;
let repeated = 0;
let count = 0;
let lastUs = 0;
/** Messages are sent twice with this probability, and out of order within so many periods. */
let repeats = 0;
let shuffledPeriods = 0;
let held: Message[] = [];
let heldPeriods = 0;

function publish({ topic, payload }: Message): void {
  published++;
  client.publish(topic, payload, { qos: 1 }, (error) => {
    if (error === undefined || error === null) acknowledged++;
  });
}

function tick(): void {
  const timeUs = Date.now() * 1000;
  count++;
  lastUs = timeUs;
  log.note(timeUs, count, 0, options.tags);
  for (let tag = 0; tag < options.tags; tag++) {
    const message = {
      topic: `faults/${tagName(tag)}`,
      payload: JSON.stringify({ value: count, timeUs, quality: 0 }),
    };
    held.push(message);
    if (random.uniform() < repeats) {
      held.push(message);
      repeated++;
    }
  }
  heldPeriods++;
  if (heldPeriods > shuffledPeriods) send();
}

/** What is held leaves: as it came, or shuffled (Fisher and Yates). */
function send(): void {
  if (shuffledPeriods > 0) {
    for (let i = held.length - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      [held[i], held[j]] = [held[j]!, held[i]!];
    }
  }
  for (const message of held) publish(message);
  held = [];
  heldPeriods = 0;
}

client.once("connect", () => tell("ready", {}));
client.on("error", (error) => process.stderr.write(`${error.message}\n`));
let ticking: NodeJS.Timeout | undefined;

answer({
  start() {
    tick();
    ticking = setInterval(tick, options.periodMs);
  },
  /** Sends what is held, and waits until the broker has acknowledged everything. */
  async stop() {
    clearInterval(ticking);
    send();
    while (acknowledged < published) await new Promise((resolve) => setTimeout(resolve, 10));
    return { lastUs, count, repeated };
  },
  repeat({ probability }: { probability: number }) {
    repeats = probability;
  },
  shuffle({ periods }: { periods: number }) {
    shuffledPeriods = periods;
  },
  counts: () => ({ published, acknowledged, repeated }),
});
