/** Colours and measures of the screens' tokens: grey is normal, colour means abnormal. */
export const ARMING_CSS = `
:root {
  --page: #c8cbce; --group: #d4d6d8; --surface: #bfc3c6; --raised: #e6e8e9; --line: #a7acb1; --edge: #5f666c;
  --ink: #1a1f23; --ink2: #3c444a; --data: #20364c; --band: #90a5ba; --on-data: #d4d6d8; --bad: #6a2c91;
  --p2: #e66a00; --rim: #1a1f23; --focus: #0b4f9e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1f2326; --group: #2a2f33; --surface: #363c41; --raised: #3e454b; --line: #4d555b; --edge: #8a9298;
    --ink: #e6e9eb; --ink2: #c0c6cb; --data: #b5cde4; --band: #4f6881; --on-data: #2a2f33; --bad: #c49af0;
    --p2: #ff8f2e; --rim: #14181b; --focus: #8fc1ff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 560px; min-height: 100vh; background: var(--page); color: var(--ink);
  font: 14px/1.4 "Inter Variable", Inter, "DejaVu Sans", sans-serif; font-feature-settings: "tnum", "cv05"; }
header { display: flex; align-items: center; gap: 12px; height: 52px; padding: 0 16px; background: var(--surface);
  border-bottom: 1px solid var(--edge); font-size: 17px; }
#clock { margin-left: auto; font-size: 14px; }
.chip { border: 1px solid var(--edge); border-radius: 3px; padding: 1px 8px; font-size: 13px;
  background: repeating-linear-gradient(135deg, var(--surface) 0 6px, var(--group) 6px 12px); }
#message { margin: 12px; padding: 8px 12px; background: var(--raised); border: 2px solid var(--edge); border-radius: 4px; }
form, section { margin: 12px; padding: 12px 14px; background: var(--group); border-radius: 4px; }
section.bare { padding: 0; background: none; }
h1, h2 { margin: 0 0 4px; font-size: 18px; font-weight: 650; }
h2 { font-size: 15px; }
p { margin: 0 0 8px; color: var(--ink2); overflow-wrap: anywhere; }
label { display: block; margin: 8px 0; font-size: 13px; color: var(--ink2); }
input, select { display: block; width: 100%; height: 44px; padding: 0 10px; border: 1px solid var(--edge);
  border-radius: 4px; background: var(--raised); color: var(--ink); font: inherit; font-size: 16px; }
.row { display: flex; gap: 8px; align-items: end; }
.row > * { flex: 1; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 22px 1fr auto; column-gap: 8px; padding: 7px 0; border-top: 1px solid var(--line); }
li .value { grid-column: 2 / 4; color: var(--ink2); font-size: 13px; overflow-wrap: anywhere; }
li .value.short { grid-column: 3; }
li svg { width: 18px; height: 18px; margin-top: 1px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 4px; border-top: 1px solid var(--line); text-align: right; vertical-align: top; }
th { font-size: 13px; font-weight: 400; color: var(--ink2); }
td { white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
td small { display: block; color: var(--ink2); font-size: 13px; }
button { min-height: 44px; padding: 0 16px; border: 1px solid var(--edge); border-radius: 4px; background: var(--raised);
  color: var(--ink); font: inherit; font-weight: 650; cursor: pointer; }
button.main { background: var(--data); color: var(--on-data); border-color: var(--data); }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.panel { background: var(--data); color: var(--on-data); border-top: 7px solid transparent;
  border-image: repeating-linear-gradient(135deg, #1a1f23 0 8px, #e6e8e9 8px 16px) 7 0 0 0; border-radius: 0; }
.panel p, .panel h1, .panel label { color: var(--on-data); }
.panel h1 { display: flex; font-size: 22px; }
.panel h1 output { margin-left: auto; font-size: 26px; }
.panel button:not(.hold) { background: transparent; color: var(--on-data); border-color: var(--on-data); }
.panel .foot { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin-top: 10px; }
button.hold { position: relative; width: 100%; min-height: 66px; overflow: hidden; font-size: 18px; touch-action: none;
  user-select: none; background: #e6e8e9; color: #1a1f23; border: 2px solid #e6e8e9; }
button.hold i { position: absolute; inset: 0 auto 0 0; width: 0; background: #90a5ba; }
button.hold span { position: relative; }
.none { color: var(--ink2); }
`;
