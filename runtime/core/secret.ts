/** What betrays a secret in plain data: the name it stands under, or its form. No reader finds them all. */

/** Names that hold a secret. */
const SECRET_NAME =
  /^(password|passwd|passphrase|pwd|secret|client_?secret|token|access_?token|api_?key|private_?key)$/i;
/** Headers and the like that do. */
const SECRET_HEADER = /^((proxy-)?authorization|(set-)?cookie|x-api-key|x-auth-token|bearer)$/i;
/** `"password": "..."`, `token=...`, `Authorization: Bearer ...`, a key in PEM. */
const SECRET_IN_TEXT =
  /(passw(or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|authorization|pwd)["']?\s{0,3}[:=]|\b(Bearer|Basic)\s+\S|-----BEGIN [A-Z ]{0,20}PRIVATE KEY/i;
/** `${NAME}`: Node-RED reads it from the environment when the flow starts. */
const FROM_ENVIRONMENT = /^\$\{[^}]+\}$/;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** A text that stands in clear: neither empty nor taken from the environment. */
export const isInClear = (value: unknown): boolean =>
  typeof value === "string" && value !== "" && !FROM_ENVIRONMENT.test(value);

/** Whether a text names something that holds a secret: `msg.headers.authorization`, `password`. */
export function namesSecret(text: string): boolean {
  const last =
    text
      .slice(-64)
      .split(/[.[\]"'\s]+/)
      .findLast((part) => part !== "") ?? "";
  return SECRET_NAME.test(last) || SECRET_HEADER.test(last);
}

/** Whether a text holds the login of an address, `https://user:password@host`, in clear. */
export function holdsUrlLogin(text: string): boolean {
  return withoutUrlLogins(text) !== text;
}

/** The text with `***` for every password of `https://user:password@host` that stands in clear. */
export function withoutUrlLogins(text: string): string {
  // By hand, since a regular expression over a long text without any address takes the square of its length.
  const [before = "", ...rest] = text.split("://");
  return [before, ...rest.map(withoutLogin)].join("://");
}

function withoutLogin(afterScheme: string): string {
  const authority = /^[^\s/]*/.exec(afterScheme)![0];
  const at = authority.lastIndexOf("@");
  const colon = authority.indexOf(":");
  if (colon < 0 || at <= colon + 1 || !isInClear(authority.slice(colon + 1, at))) return afterScheme;
  return `${authority.slice(0, colon + 1)}***${afterScheme.slice(at)}`;
}

/** Whether a text looks as if it held a secret, be it JSON, a query, a header or a key. */
export const looksSecret = (text: string): boolean => SECRET_IN_TEXT.test(text);
