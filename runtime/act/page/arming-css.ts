/** Colours and measures of the screens' tokens: grey is normal, colour means abnormal. */
export const ARMING_CSS = `
:root {
  color-scheme: light dark;
  --page: #c8cbce; --group: #d4d6d8; --surface: #bfc3c6; --raised: #e6e8e9; --line: #a7acb1; --edge: #5f666c;
  --ink: #1a1f23; --ink2: #3c444a; --ink3: #464e54; --data: #20364c; --band: #90a5ba; --on-data: #d4d6d8;
  --p1: #c4001f; --p1-on: #ffffff; --p2: #e66a00; --bad: #6a2c91; --bad-on: #ffffff; --rim: #1a1f23; --focus: #0b4f9e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1f2326; --group: #2a2f33; --surface: #363c41; --raised: #3e454b; --line: #4d555b; --edge: #8a9298;
    --ink: #e6e9eb; --ink2: #c0c6cb; --ink3: #a9b0b6; --data: #b5cde4; --band: #4f6881; --on-data: #2a2f33;
    --p1: #ff5765; --p1-on: #14181b; --p2: #ff8f2e; --bad: #c49af0; --bad-on: #14181b; --rim: #14181b; --focus: #8fc1ff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--ink);
  font: 14px/1.4 Inter, "DejaVu Sans", sans-serif; font-feature-settings: "tnum", "cv05"; -webkit-text-size-adjust: 100%; }
header { display: flex; align-items: center; gap: 10px; height: 52px; padding: 0 16px; background: var(--surface);
  border-bottom: 1px solid var(--edge); }
header svg { flex: none; }
#clock { margin-left: auto; font-size: 16px; font-weight: 650; }
h1, h2, h3, p, ul, ol { margin: 0; padding: 0; }
h1 { font-size: 17px; font-weight: 650; }
h2 { font-size: 18px; font-weight: 650; }
h3 { font-size: 15px; font-weight: 650; margin-bottom: 4px; }
h3 small { margin-left: 9px; font-size: 13px; font-weight: 400; color: var(--ink2); }
p { color: var(--ink2); overflow-wrap: anywhere; }
.chip { flex: none; border: 1.5px solid var(--ink); border-radius: 3px; padding: 1px 8px; font-size: 13px; font-weight: 650;
  background: repeating-linear-gradient(135deg, var(--surface) 0 6px, var(--group) 6px 9px); }
#who { display: flex; align-items: center; gap: 10px; max-width: 1240px; margin: 0 auto; padding: 8px 12px 0 16px; }
#person { flex: 1; min-width: 0; font-size: 13px; color: var(--ink2); overflow-wrap: anywhere; }
#announce { position: absolute; width: 1px; height: 1px; overflow: hidden; opacity: 0; pointer-events: none; white-space: nowrap; }
#message { max-width: 1216px; margin: 8px auto 0; padding: 10px 14px; border: 2.5px solid var(--bad); border-radius: 4px;
  background: var(--raised); color: var(--ink); width: calc(100% - 24px); }
#sign-in { max-width: 420px; margin: 24px auto; padding: 20px; background: var(--group); border: 1px solid var(--line);
  border-radius: 4px; width: calc(100% - 24px); }
#sign-in p { margin-bottom: 8px; }
#sign-in button { width: 100%; margin-top: 12px; min-height: 48px; }
main { display: grid; gap: 8px; max-width: 1240px; margin: 0 auto; padding: 8px 12px 24px; }
article { display: grid; gap: 8px; }
article + article { margin-top: 12px; }
section, article.empty, .head { padding: 12px 14px; background: var(--group); border: 1px solid var(--line); border-radius: 4px; }
article.empty { padding: 28px 20px; }
.spans .bar { max-height: 22px; }
.head { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; align-items: baseline; background: none; border: 0;
  padding: 8px 4px 0; }
.head p { grid-column: 1 / 3; font-size: 13px; }
.state { border: 1.5px solid var(--edge); border-radius: 3px; padding: 1px 9px; font-size: 14px; font-weight: 650; }
.armed > .head .state { background: var(--data); color: var(--on-data); border-color: var(--data); }
.facts, .acts, .more, .last { display: grid; gap: 8px; align-content: start; min-width: 0; }
.notice { display: flex; gap: 12px; align-items: flex-start; padding: 10px 12px; background: var(--raised); border-radius: 4px;
  border: 2.5px solid var(--edge); }
.notice > div { min-width: 0; }
.notice .mark { width: 28px; height: 28px; }
.notice .cause { color: var(--ink); font-size: 15px; font-weight: 650; }
.notice .cause + .cause { margin-top: 4px; }
.notice .cause + p:not(.cause) { margin-top: 4px; }
.notice.p1 { border-color: var(--p1); }
.notice.bad { border-color: var(--bad); }
ul, ol { list-style: none; }
li { display: grid; grid-template-columns: 22px 1fr auto; gap: 0 8px; padding: 6px 0; border-top: 1px solid var(--line); }
h3 + ul > li:first-child, h3 + ol > li:first-child { border-top: 0; }
li > * { min-width: 0; overflow-wrap: anywhere; }
li .value { grid-column: 2 / 4; color: var(--ink2); font-size: 13px; }
li.short .value, .writes .value, .observed .value, .facts li .value:has(b) { grid-column: 3; text-align: right; }
li small { grid-column: 2 / 4; color: var(--ink2); font-size: 13px; }
.mark { flex: none; width: 18px; height: 18px; margin-top: 1px; display: block; }
.bar { display: block; width: 100%; height: auto; max-height: 26px; }
.none { color: var(--ink2); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 6px 4px; border-top: 1px solid var(--line); text-align: right; vertical-align: top; overflow-wrap: anywhere; }
thead th { border-top: 0; border-bottom: 1px solid var(--edge); font-size: 13px; font-weight: 400; color: var(--ink2); }
th:first-child, td:first-child { text-align: left; }
td small { display: block; color: var(--ink2); font-size: 12px; }
.effect th:first-child { width: 31%; }
.effect td:nth-child(3), .effect th:nth-child(3) { background: var(--raised); color: var(--ink); font-weight: 650; }
.effect th:nth-child(3) { border-top: 2.5px solid var(--data); }
.effect td:nth-child(4) { font-weight: 650; }
.effect td small { font-weight: 400; }
.spans { margin-top: 12px; }
.spans > p { font-size: 13px; }
.spans > div { display: grid; grid-template-columns: 116px 1fr 52px; gap: 0 10px; align-items: center; padding-top: 6px; }
.spans b { text-align: right; }
.spans small { grid-column: 2 / 4; color: var(--ink2); font-size: 12px; text-align: right; }
.differences .group { padding-top: 12px; font-size: 14px; font-weight: 650; color: var(--ink); text-align: left; border-top: 0; }
.differences td:first-child { color: var(--ink2); font-size: 13px; }
.differences td:last-child { background: var(--raised); font-weight: 650; padding-right: 8px; padding-left: 8px; }
.differences thead th:last-child { background: var(--raised); color: var(--ink); font-weight: 650; padding-right: 8px;
  border-top: 2.5px solid var(--data); }
.differences .one td:first-child { width: 50%; }
.setpoints li { grid-template-columns: 1fr auto; align-items: baseline; }
.setpoints li b { font-size: 17px; font-weight: 650; }
.setpoints li small { color: var(--ink2); }
.setpoints li span small { margin-left: 8px; }
.setpoints li p { grid-column: 1 / 3; font-size: 13px; }
.setpoints li div { grid-column: 1 / 3; display: flex; align-items: center; gap: 8px; }
.setpoints li .bar { flex: 1; min-width: 0; max-width: 260px; height: auto; }
.tiles ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 6px; }
.tiles li { display: block; padding: 5px 6px 6px; border: 1px solid var(--edge); border-radius: 3px; background: var(--raised);
  text-align: center; line-height: 1.3; }
h3 + ul > .tiles li:first-child, .tiles h3 + ul > li:first-child { border-top: 1px solid var(--edge); }
.tiles span { display: block; font-size: 13px; color: var(--ink2); }
.tiles b { display: block; font-size: 18px; font-weight: 650; }
.tiles small { font-size: 12px; }
.audit li { grid-template-columns: 44px 1fr; gap: 0 8px; padding: 5px 0; font-size: 13px; }
.audit time { color: var(--ink2); }
.audit li span { grid-column: 2; color: var(--ink2); }
@media (min-width: 900px) { .audit li { grid-template-columns: 44px 190px 1fr; } .audit li span { grid-column: 3; } }
@media (max-width: 599px) {
  .differences .two tr { display: grid; grid-template-columns: 1fr 1fr; }
  .differences .two thead th:first-child { display: none; }
  .differences .two tr > :first-child { grid-column: 1 / 3; }
  .differences .two td:not(:first-child) { border-top: 0; padding-top: 0; text-align: left; }
  .differences .two td:first-child { padding-bottom: 2px; }
  .differences .two thead th { text-align: left; }
}
label { display: block; margin: 8px 0 0; font-size: 13px; color: var(--ink2); }
input, select { display: block; width: 100%; height: 44px; margin-top: 3px; padding: 0 10px; border: 1px solid var(--edge);
  border-radius: 4px; background: #e6e8e9; color: #1a1f23; color-scheme: light; font: inherit; font-size: 16px; }
input:disabled, select:disabled { background: transparent; border-style: dashed; color: inherit; }
.fields { display: grid; grid-template-columns: 1fr 1.7fr; gap: 8px; }
button { min-height: 44px; padding: 0 18px; border: 1.5px solid var(--ink2); border-radius: 4px; background: var(--raised);
  color: var(--ink); font: inherit; font-weight: 650; cursor: pointer; }
button.main { background: var(--data); color: var(--on-data); border-color: var(--data); font-size: 16px; }
button[aria-disabled="true"] { background: transparent; border: 1.5px dashed currentColor; cursor: default; font-weight: 400; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.panel { position: relative; padding: 20px 16px 14px; background: var(--data); color: var(--on-data); border: 0; border-radius: 4px; }
.panel::before { content: ""; position: absolute; inset: 0 0 auto; height: 7px; border-radius: 4px 4px 0 0;
  background: repeating-linear-gradient(135deg, #1a1f23 0 9px, #e6e8e9 9px 18px); }
.panel p, .panel label, .panel h3 small { color: var(--on-data); }
.panel h3 { display: flex; flex-wrap: wrap; align-items: baseline; font-size: 22px; font-weight: 650; line-height: 1.2; }
.panel h3 output { margin-left: auto; font-size: 26px; }
.panel p + p { margin-top: 4px; }
.panel :focus-visible { outline-color: #8fc1ff; }
@media (prefers-color-scheme: dark) { .panel :focus-visible { outline-color: #0b4f9e; } }
.panel button:not(.hold) { background: transparent; color: var(--on-data); border-color: var(--on-data); }
.panel .foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 12px; margin-top: 10px; }
.time-bar { display: block; width: 100%; height: 6px; margin: 4px 0 10px; }
.progress { margin-bottom: 6px; }
.held { margin-top: 12px; }
button.hold { position: relative; display: block; width: 100%; min-height: 66px; overflow: hidden; padding: 0 12px; font-size: 18px;
  touch-action: none; user-select: none; -webkit-user-select: none; -webkit-touch-callout: none;
  background: #e6e8e9; color: #1a1f23; border: 2px solid var(--on-data); border-radius: 6px; }
button.hold[aria-disabled="true"] { background: transparent; color: var(--on-data); border: 2px dashed var(--on-data); }
button.hold i { position: absolute; inset: 0 auto 0 0; width: 0; background: #90a5ba; }
button.hold span { position: relative; }
.why:empty, .error:empty { display: none; }
.panel .why { margin-top: 8px; font-size: 13px; }
.error { margin-top: 10px; padding: 8px 12px; border-radius: 4px; }
.panel .error { background: #e6e8e9; color: #1a1f23; border-left: 6px solid #e66a00; font-weight: 650; }
@media (min-width: 900px) {
  article:not(.empty) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .head, .more { grid-column: 1 / 3; }
  .more, .last { grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); align-items: start; }
  article + article, article + .last { margin-top: 20px; }
}
`;
