import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActuatorStatus } from "../../runtime/act/status.ts";
import type { Product } from "./product.ts";

/** A person at the actuator's own page, by its HTTP interface. */
export class ActuatorPerson {
  readonly #url: string;
  readonly #password: string;
  readonly #token: string;

  private constructor(url: string, password: string, token: string) {
    this.#url = url;
    this.#password = password;
    this.#token = token;
  }

  /** Signs `admin` in with the password of the first start. */
  static async signIn(product: Product): Promise<ActuatorPerson> {
    const url = `http://127.0.0.1:${product.runFile("actuator").port}`;
    const { user, password } = JSON.parse(
      readFileSync(join(product.home, "actuator", "first-login"), "utf8"),
    );
    const { token } = await call<{ token: string }>(url, "/sign-in", { name: user, password });
    return new ActuatorPerson(url, password, token);
  }

  status(): Promise<ActuatorStatus> {
    return call(this.#url, "/status", undefined, this.#token);
  }

  /** @throws Error with the actuator's words where a check does not hold */
  async arm(envelope: string, minutes: number): Promise<void> {
    await call(this.#url, "/arm", { envelope, mode: "act", minutes, password: this.#password }, this.#token);
  }

  async disarm(envelope: string): Promise<void> {
    await call(this.#url, "/disarm", { envelope, password: this.#password }, this.#token);
  }
}

async function call<T>(url: string, path: string, body?: object, token?: string): Promise<T> {
  const response = await fetch(url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      origin: url,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T & { error?: { message: string } };
  if (!response.ok) throw new Error(`${path}: ${answer.error?.message ?? response.status}`);
  return answer;
}
