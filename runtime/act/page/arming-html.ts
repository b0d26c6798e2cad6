import { WORDS } from "./words.ts";

/** The page before anybody signed in; the script fills `desk`. */
export const ARMING_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Rung actuator</title>
<link rel="stylesheet" href="/arming.css">
<script type="module" src="/arming-page.js"></script>
</head>
<body>
<header>
<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M6 2V22M18 2V22" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/><path d="M6 18.5H18M6 13.5H18" stroke="currentColor" stroke-width="3.4"/><path d="M6.5 7H17.5" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2"/></svg>
<h1>${WORDS.product}</h1>
<span id="reality" class="chip" hidden>${WORDS.virtual}</span>
<span id="clock"></span>
</header>
<div id="who" hidden>
<span id="person"></span>
<span id="isolation" class="chip" hidden>${WORDS.notIsolated}</span>
<button type="button" data-act="sign-out">${WORDS.signOut}</button>
</div>
<p id="message" role="alert" hidden></p>
<p id="announce" role="status" aria-live="polite"></p>
<form id="sign-in" hidden>
<h2>${WORDS.signIn}</h2>
<p>${WORDS.signInWhy}</p>
<label for="name">${WORDS.name}<input id="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required></label>
<label for="password">${WORDS.password}<input id="password" type="password" autocomplete="off" maxlength="200" required></label>
<button class="main">${WORDS.signIn}</button>
</form>
<main id="desk" hidden></main>
</body>
</html>
`;
