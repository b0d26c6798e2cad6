import type { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";

/** A dialog asks every two seconds; a link that nobody else uses is closed so long after its last question. */
const LEASE_MS = 20_000;

interface Lease {
  timer: NodeJS.Timeout;
  readonly release: () => Promise<void>;
}

const nothing = (): void => undefined;

/** Keeps a link open while somebody looks at it in a dialog, although no source may be deployed on it yet. */
export class DialogLeases {
  readonly #leases = new Map<OpcuaLink, Lease>();

  renew(link: OpcuaLink): void {
    const lease = this.#leases.get(link);
    if (lease !== undefined) {
      lease.timer.refresh();
      return;
    }
    const release = link.use({ opened: nothing, closed: nothing, state: nothing });
    const timer = setTimeout(() => void this.#end(link), LEASE_MS);
    timer.unref();
    this.#leases.set(link, { timer, release });
  }

  /** When flows stop: a link that was replaced must not live on. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#leases.keys()].map((link) => this.#end(link)));
  }

  async #end(link: OpcuaLink): Promise<void> {
    const lease = this.#leases.get(link);
    this.#leases.delete(link);
    clearTimeout(lease?.timer);
    await lease?.release();
  }
}
