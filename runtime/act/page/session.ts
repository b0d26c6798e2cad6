/** The bearer token lives in sessionStorage, so it ends with the tab and no other page or port is ever sent it. */
const TOKEN = "rung-actuator-token";

/** An answer of the actuator that is an error. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const isSignedIn = (): boolean => sessionStorage.getItem(TOKEN) !== null;
export const keepToken = (token: string): void => sessionStorage.setItem(TOKEN, token);
export const forgetToken = (): void => sessionStorage.removeItem(TOKEN);

/**
 * Asks the actuator; with a body it is a POST.
 * @throws Refusal with the actuator's code; `no-answer` where it is not reached
 */
export async function call<T>(path: string, body?: object): Promise<T> {
  const token = sessionStorage.getItem(TOKEN);
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { headers, credentials: "omit" };
  if (body !== undefined) Object.assign(init, { method: "POST", body: JSON.stringify(body) });
  const answer = await answerOf<T>(path, init);
  if (answer.error === undefined) return answer;
  if (answer.error.code === "not-signed-in") forgetToken();
  throw new Refusal(answer.error.code, answer.error.message);
}

type Answer<T> = T & { readonly error?: { readonly code: string; readonly message: string } };

async function answerOf<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    return (await (await fetch(path, init)).json()) as Answer<T>;
  } catch (error) {
    // No connection, or an answer that is none of the actuator's.
    throw new Refusal("no-answer", error instanceof Error ? error.message : String(error));
  }
}
