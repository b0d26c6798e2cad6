import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ActuatorClient } from "../act/actuator-client.ts";
import { hostTokenOf } from "../act/http/host-token.ts";
import { OutcomeFile } from "../act/outcome-file.ts";
import { Compute } from "../compute/compute.ts";
import { RungError } from "../core/errors.ts";
import type { Evidence } from "../core/evidence.ts";
import { wallTimeUs } from "../core/time.ts";
import { Backfill } from "../describe/backfill.ts";
import { ClockRegistry } from "../describe/clock-registry.ts";
import { Historian, type HistorianOptions } from "../describe/historian/historian.ts";
import { LimitClaims } from "../describe/historian/historian-limits.ts";
import { HistorianSink } from "../describe/historian/historian-sink.ts";
import type { GapFilling, PastReader } from "../describe/past-reader.ts";
import type { Sink } from "../describe/sink.ts";
import type { Gap, SourceCounters } from "../describe/source-signal.ts";
import { Synchroniser } from "../describe/synchroniser.ts";
import { TwinRegistry } from "../describe/twin-registry.ts";
import { AlarmDesk } from "../diagnose/alarms/alarm-desk.ts";
import { CaseBooks } from "../diagnose/cause/case-books.ts";
import { ChangeFile } from "../ladder/change-file.ts";
import { EvidenceBoard } from "../ladder/evidence-board.ts";
import { LadderService } from "../ladder/ladder-service.ts";
import { OvenSessions } from "../predict/oven-sessions.ts";
import { tellCompute } from "./compute-metrics.ts";
import { alarmsFile, ladderChangesFile, outcomesFile } from "./home.ts";
import { rowFourOf } from "./row-four.ts";

/** A user name and password that a link signs in with. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * What all nodes of one process share. Cheap parts are made at once, the others at first use, and all of them are
 * closed in the opposite order of their making.
 */
export class Services {
  /** RUNG_HOME: credentials, keys, certificates, history. Mode 0700. */
  readonly home: string;
  readonly evidence = new EvidenceBoard();
  readonly clocks = new ClockRegistry();
  /** Twins and their states by address; tells screens of changes. */
  readonly twins = new TwinRegistry((source) => this.clocks.get(source));
  /** Ovens that are modelled and followed, by the twin's address. */
  readonly ovens = new OvenSessions();
  /** What each running source counts, by its identity. */
  readonly sourceCounters = new Map<string, SourceCounters>();
  readonly #historians: Historian[] = [];
  readonly #limits = new WeakMap<Historian, LimitClaims>();
  readonly #made = new Map<string, unknown>();
  readonly #synchronisers = new Map<string, Synchroniser>();
  readonly #backfills = new Set<Backfill>();
  readonly #closers: (() => Promise<void> | void)[] = [];

  constructor(home: string) {
    this.home = home;
    mkdirSync(home, { recursive: true, mode: 0o700 });
  }

  /** A login kept outside the flows, `$RUNG_HOME/keyring/<name>.json`. @throws RungError `no-login` */
  keyring(name: string): Login {
    const file = join(this.home, "keyring", `${name}.json`);
    if (!existsSync(file)) {
      throw new RungError({
        code: "no-login",
        where: file,
        what: "does not exist",
        advice:
          'write {"user": "...", "password": "..."} there with mode 0600, or enter the login in the link',
      });
    }
    return JSON.parse(readFileSync(file, "utf8")) as Login;
  }

  /** Makes a service at first use; `close` ends it when the process stops. */
  once<T>(name: string, make: () => T, close: (service: T) => Promise<void> | void): T {
    if (!this.#made.has(name)) {
      const service = make();
      this.#made.set(name, service);
      this.#closers.push(() => close(service));
    }
    return this.#made.get(name) as T;
  }

  /** The queue in front of the compute children, where heavy work runs. They start when they are needed. */
  compute(): Compute {
    return this.once(
      "compute",
      () => {
        const compute = new Compute();
        tellCompute(compute);
        return compute;
      },
      (compute) => compute.close(),
    );
  }

  /** Class, wired and held rung of every twin of the running flow, judged every five seconds. */
  ladder(): LadderService {
    return this.once(
      "ladder",
      () => {
        const ladder = new LadderService({
          board: this.evidence,
          clock: (twin) => this.twins.get(twin)?.clock(),
          changes: this.#ladderChanges(),
        });
        ladder.start();
        return ladder;
      },
      (ladder) => ladder.stop(),
    );
  }

  /** `$RUNG_HOME/history/ladder.sqlite`. Made before the ladder, so that it is closed after it. */
  #ladderChanges(): ChangeFile {
    return this.once(
      "ladder changes",
      () => new ChangeFile(ladderChangesFile(this.home)),
      (file) => file.close(),
    );
  }

  /**
   * Has an engine asked for its evidence at every evaluation of the ladder, which begins with the first engine.
   * @param node id of the Node-RED node that measures
   * @returns a function that ends it and takes the node's evidence down
   */
  measuredBy(node: string, measure: () => Iterable<Evidence>): () => void {
    this.ladder();
    return this.evidence.measuredBy(node, measure);
  }

  /**
   * The historian of a file, `$RUNG_HOME/history/rung.duckdb` unless told otherwise. One file has one owner in a
   * process; what may change while it runs is asked for by `limitsOf`, of the rest the first who asks counts.
   */
  historian(options: Partial<HistorianOptions> = {}): Historian {
    const file = resolve(this.home, options.file || join("history", "rung.duckdb"));
    return this.once(
      `historian ${file}`,
      () => {
        const historian = new Historian({ ...options, file });
        this.#historians.push(historian);
        return historian;
      },
      (historian) => historian.close(),
    );
  }

  /** What configuration nodes want a historian to keep and use. */
  limitsOf(historian: Historian): LimitClaims {
    const claims = this.#limits.get(historian) ?? new LimitClaims(historian);
    this.#limits.set(historian, claims);
    return claims;
  }

  /** All that were asked for so far. */
  get historians(): readonly Historian[] {
    return this.#historians;
  }

  /**
   * What stands between the frames of sources and a historian: spool, order, repetitions, gap ledger, beside the
   * historian's file. Its sink is attached when the promise is kept.
   * @throws RungError `spool-broken`, `gap-ledger-broken`; it is tried anew at the next call
   */
  synchroniser(historian: Historian = this.historian()): Promise<Synchroniser> {
    return this.#synchroniserBeside(historian.file, new HistorianSink(historian));
  }

  /**
   * The same for a store that is elsewhere, with its folder `$RUNG_HOME/history/<id>.sync`. Whoever asks for it
   * attaches its sink, and detaches it when the settings change.
   */
  synchroniserFor(id: string): Promise<Synchroniser> {
    return this.#synchroniserBeside(join(this.home, "history", id));
  }

  #synchroniserBeside(store: string, sink?: Sink): Promise<Synchroniser> {
    const name = `synchroniser ${store}`;
    const opening = this.once(
      name,
      () => this.#openSynchroniser(store, sink),
      async (made) => {
        // Where opening failed there is nothing to close, and whoever asked for it was told.
        const synchroniser = await made.catch(() => undefined);
        await synchroniser?.close();
      },
    );
    return opening.catch((thrown: unknown) => {
      this.#made.delete(name);
      throw thrown;
    });
  }

  /** The synchronisers that are open, by their historian's file, or `history/<id>` where the store is elsewhere. */
  get synchronisers(): ReadonlyMap<string, Synchroniser> {
    return this.#synchronisers;
  }

  /** A source tells of a gap: every twin that has samples of it and every ledger takes it down. */
  noteGap(gap: Gap): void {
    this.twins.noteGap(gap);
    for (const synchroniser of this.#synchronisers.values()) synchroniser.noteGap(gap);
  }

  /**
   * Fills in the gaps of a source from what its server kept, in every ledger that is open or will be, until it is
   * stopped.
   */
  backfill(reader: PastReader, problem: (error: RungError) => void): GapFilling {
    const backfill = new Backfill({ reader, problem, filled: (gap) => this.twins.noteFilled(gap) });
    for (const synchroniser of this.#synchronisers.values()) backfill.attach(synchroniser);
    this.#backfills.add(backfill);
    return {
      connected: () => backfill.connected(),
      wake: () => backfill.wake(),
      stop: () => {
        this.#backfills.delete(backfill);
        return backfill.stop();
      },
    };
  }

  async #openSynchroniser(store: string, sink: Sink | undefined): Promise<Synchroniser> {
    const synchroniser = await Synchroniser.open({ folder: `${store}.sync` });
    if (sink !== undefined) await synchroniser.attach(sink);
    this.#synchronisers.set(store, synchroniser);
    for (const backfill of this.#backfills) backfill.attach(synchroniser);
    return synchroniser;
  }

  /** What became of every action: `$RUNG_HOME/history/outcomes.jsonl`. */
  outcomes(): OutcomeFile {
    return this.once(
      "outcomes",
      () => new OutcomeFile(outcomesFile(this.home)),
      () => undefined,
    );
  }

  /** The alarms of this process, and what people did about them: `$RUNG_HOME/history/alarms.jsonl`. */
  alarms(): AlarmDesk {
    return this.once(
      "alarms",
      () =>
        new AlarmDesk(
          alarmsFile(this.home),
          (twin) => this.twins.get(twin)?.nowUs() ?? wallTimeUs(),
          this.cases(),
        ),
      () => undefined,
    );
  }

  /** What people found to be the cause of findings: `$RUNG_HOME/cause/`. */
  cases(): CaseBooks {
    return this.once(
      "cases",
      () => new CaseBooks(join(this.home, "cause")),
      () => undefined,
    );
  }

  /** The host's side of the actuator: heartbeat, proposals, status. It is found again whenever it starts. */
  actuator(): ActuatorClient {
    return this.once(
      "actuator",
      () =>
        new ActuatorClient({
          home: this.home,
          token: () => hostTokenOf(this.home),
          rowFour: (twin) => rowFourOf(this.ladder().twin(twin)),
        }),
      (client) => client.close(),
    );
  }

  async close(): Promise<void> {
    this.twins.close();
    for (const close of this.#closers.splice(0).reverse()) await close();
    this.#made.clear();
    this.#synchronisers.clear();
  }
}

let shared: Services | undefined;

/** The services of this process. */
export function services(): Services {
  shared ??= new Services(process.env.RUNG_HOME || join(homedir(), ".rung"));
  return shared;
}

/** The home of this process's services; undefined where they are closed or nobody has asked for one. */
export function openHome(): string | undefined {
  return shared?.home;
}

/** The synchronisers of this process; none where nobody has asked for a service yet. */
export function openSynchronisers(): ReadonlyMap<string, Synchroniser> {
  return shared?.synchronisers ?? new Map();
}

/** Ends them; the next call of `services()` starts afresh. */
export async function closeServices(): Promise<void> {
  const ending = shared;
  shared = undefined;
  await ending?.close();
}
