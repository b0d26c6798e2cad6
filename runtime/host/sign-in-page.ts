/** The sign-in and the first-password page: plain HTML without script, in the look of the screens. */

export const SIGN_IN_STYLE = `
:root { color-scheme: light dark; --page: #c8cbce; --group: #d4d6d8; --field: #e6e8e9; --edge: #5f666c;
  --ink: #1a1f23; --ink2: #3c444a; --data: #20364c; --p1: #c4001f; --focus: #0b4f9e; }
@media (prefers-color-scheme: dark) { :root { --page: #1f2326; --group: #2a2f33; --field: #3e454b; --edge: #8a9298;
  --ink: #e6e9eb; --ink2: #c0c6cb; --data: #b5cde4; --p1: #ff5765; --focus: #8fc1ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
  font: 14px/1.45 Inter, "DejaVu Sans", sans-serif; padding: 12px; }
main { width: 100%; max-width: 360px; background: var(--group); border-radius: 4px; padding: 24px; }
h1 { font-size: 22px; font-weight: 650; margin: 0 0 4px; display: flex; align-items: center; gap: 10px; }
p { margin: 0 0 16px; color: var(--ink2); }
label { display: block; font-size: 13px; color: var(--ink2); margin: 0 0 12px; }
input { display: block; width: 100%; height: 40px; margin-top: 4px; padding: 0 10px; border: 1px solid var(--edge);
  border-radius: 3px; background: var(--field); color: var(--ink); font: inherit; font-size: 15px; }
button { width: 100%; height: 40px; margin-top: 8px; border: 0; border-radius: 4px; background: var(--data);
  color: var(--group); font: inherit; font-weight: 650; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
.wrong { display: flex; gap: 8px; border: 2.5px solid var(--p1); border-radius: 3px; padding: 8px 10px;
  color: var(--ink); }
.wrong svg { flex: none; margin-top: 3px; }
small { display: block; color: var(--ink2); font-size: 13px; }
`;

export const RUNG_MARK = `<svg xmlns="http://www.w3.org/2000/svg" width="22" height="26" viewBox="0 0 22 26" fill="none"
  stroke="currentColor" stroke-width="2.4" stroke-linecap="round" aria-hidden="true"
  ><path d="M4 2v22M18 2v22M4 7h14M4 13h14M4 19h14"/></svg>`;
const SQUARE = `<svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true"><rect x="1" y="1" width="11"
  height="11" fill="#c4001f" stroke="#1a1f23" stroke-width="1.2"/></svg>`;

export function signInPage(parts: { next: string; user?: string; wrong?: string }): string {
  return page(
    "Sign in",
    `<p>Sign in to see the plant.</p>
${wrong(parts.wrong)}<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${escaped(parts.next)}">
<label>Name<input name="user" autocomplete="username" autocapitalize="none" required maxlength="64"
  value="${escaped(parts.user ?? "")}"${parts.user ? "" : " autofocus"}></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required maxlength="200"${
      parts.user ? " autofocus" : ""
    }></label>
<button>Sign in</button>
</form>`,
  );
}

export function firstPasswordPage(parts: {
  token: string;
  user: string;
  shortest: number;
  wrong?: string;
}): string {
  return page(
    "First sign-in",
    `<p>You are the first one here. Choose the password of <b>${escaped(parts.user)}</b>; further people are added
with <code>rung user add</code>.</p>
${wrong(parts.wrong)}<form method="post" action="/first-login">
<input type="hidden" name="token" value="${escaped(parts.token)}">
<input type="hidden" name="user" autocomplete="username" value="${escaped(parts.user)}">
<label>New password<input name="password" type="password" autocomplete="new-password" required autofocus
  minlength="${parts.shortest}" maxlength="72"></label>
<label>Once more<input name="again" type="password" autocomplete="new-password" required maxlength="72"></label>
<small>At least ${parts.shortest} characters.</small>
<button>Set password and sign in</button>
</form>`,
  );
}

export function signOutPage(name: string, role: string): string {
  return page(
    "Sign out",
    `<p>You are signed in as <b>${escaped(name)}</b>, ${escaped(role)}.</p>
<form method="post" action="/sign-out"><button>Sign out</button></form>`,
  );
}

export function linkSpentPage(): string {
  return page(
    "Link not valid",
    `${wrong("This one-time link was used already, or is older than 10 minutes.")}
<p>If a password was set, <a href="/sign-in">sign in</a>. Otherwise restart Rung for a new link, or set one with
<code>rung user password admin</code>.</p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Rung</title><link rel="icon" href="/rung.svg"><link rel="stylesheet" href="/sign-in.css"></head>
<body><main><h1>${RUNG_MARK}Rung</h1>
${body}
</main></body></html>
`;
}

function wrong(text: string | undefined): string {
  return text === undefined
    ? ""
    : `<p class="wrong" role="alert">${SQUARE}<span>${escaped(text)}</span></p>\n`;
}

/** Text as it may stand in HTML, also inside an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
