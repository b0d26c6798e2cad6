import type { PlainOrder } from "./plain-flow.ts";
import { BLOCKED, BY_OPERATION, BY_TIME, IDLE, PlainFlow, WORK } from "./plain-flow.ts";
import type { PlainLine } from "./plain-line.ts";

/** A plain line event by event: what comes next stands in each event's own method. */
export class PlainCallbacks extends PlainFlow {
  /** By server: it calls the next part. */
  readonly #isFreeing: Uint8Array;

  constructor(line: PlainLine, order: PlainOrder) {
    super(line, order);
    this.#isFreeing = new Uint8Array(this.servers);
    this.begin();
  }

  protected override serverBegins(): void {
    // A part begins it.
  }

  protected override sourceBegins(source: number): void {
    this.#next(source);
  }

  protected override happen(activity: number): void {
    const { servers } = this;
    if (activity < servers) this.#worked(activity);
    else if (activity < 2 * servers) this.#breakdown(activity - servers);
    else this.#arrived(activity - 2 * servers);
  }

  protected override accept(server: number, part: number): void {
    this.part[server] = part;
    // While it still calls the next part, it begins when it has done so.
    if (this.#isFreeing[server] === 0) this.#begin(server);
  }

  protected override serverDelivered(server: number): void {
    this.#free(server);
  }

  protected override sourceDelivered(source: number): void {
    this.#next(source);
  }

  #begin(server: number): void {
    this.drawWork(server);
    this.enter(server, WORK);
    this.runWork(server);
  }

  #worked(server: number): void {
    this.isOn[server] = 0;
    if (this.workLeftS[server]! > 0) this.goDown(server);
    else if (this.worksAgain(server)) {
      this.enter(server, WORK);
      this.runWork(server);
    } else if (this.send(this.firstServerOutlet + server, this.part[server]!)) this.#free(server);
    else this.enter(server, BLOCKED);
  }

  #free(server: number): void {
    this.part[server] = -1;
    this.phase[server] = IDLE;
    this.#isFreeing[server] = 1;
    this.serverFreed(server);
    this.#isFreeing[server] = 0;
    if (this.part[server]! < 0) this.enter(server, IDLE);
    else this.#begin(server);
  }

  #breakdown(server: number): void {
    if (this.isDown[server] === 0) {
      this.goDown(server);
      return;
    }
    this.comeUp(server);
    if (this.breaks[server] === BY_OPERATION) this.runWork(server);
    if (this.breaks[server] === BY_TIME) this.startUp(server);
  }

  #arrived(source: number): void {
    if (this.send(this.firstSourceOutlet + source, this.arrive(source))) this.#next(source);
  }

  #next(source: number): void {
    if (this.arrivals[source] !== undefined) {
      this.awaitArrival(source);
      return;
    }
    while (this.send(this.firstSourceOutlet + source, this.arrive(source)));
  }
}
