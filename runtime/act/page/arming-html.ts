export const ARMING_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rung actuator</title>
<link rel="stylesheet" href="/arming.css">
<script type="module" src="/arming.js"></script>
</head>
<body>
<header><strong>Rung actuator</strong><span id="reality" class="chip" hidden></span><span id="clock"></span></header>
<p id="message" role="status" hidden></p>
<form id="sign-in" autocomplete="off" hidden>
<h1>Sign in</h1>
<p>The actuator has its own people, apart from the editor's.</p>
<label>Name<input id="name" autocomplete="username" required></label>
<label>Password<input id="password" type="password" autocomplete="current-password" required></label>
<button class="main">Sign in</button>
</form>
<main id="envelopes"></main>
</body>
</html>
`;
