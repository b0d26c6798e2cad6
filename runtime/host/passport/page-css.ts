/** Paper is light whatever the screen is. Ink, edges and the colour of what is held are those of the screens. */
export const PASSPORT_CSS = `
@page { size: A4; margin: 11mm 13mm; }
:root { color-scheme: light; --ink: #1a1f23; --ink2: #3c444a; --line: #a7acb1; --edge: #5f666c; --data: #20364c;
  --raised: #eef0f1; }
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
html { background: #c8cbce; }
body { margin: 0 auto; max-width: 210mm; padding: 12mm 13mm; background: #fff; color: var(--ink);
  font: 8.5pt/1.35 Inter, "DejaVu Sans", sans-serif; font-feature-settings: "tnum", "cv05"; }
svg { display: block; }
code, .hash { font-family: "DejaVu Sans Mono", monospace; font-size: 8pt; overflow-wrap: anywhere; }
.top { display: flex; align-items: flex-end; gap: 6mm; border-bottom: 1.5pt solid var(--ink); padding-bottom: 3mm; }
.top > div:first-child { flex: 1; min-width: 0; }
.kind { display: flex; align-items: center; gap: 2mm; margin: 0 0 2mm; font-size: 8.5pt; color: var(--ink2); }
.kind svg { width: 3.4mm; height: 4mm; }
h1 { margin: 0; font-size: 22pt; line-height: 1.15; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 4mm 0 1mm; font-size: 11pt; font-weight: 650; break-after: avoid; }
.sum { display: flex; align-items: flex-end; gap: 3mm; color: var(--ink2); white-space: nowrap; }
.sum b { font-size: 54pt; line-height: .8; font-weight: 700; color: var(--ink); }
.sum i { font-size: 22pt; line-height: 1; font-style: normal; font-weight: 700; color: var(--ink); }
.sum span { line-height: 1.25; }
.word { position: relative; display: flex; align-items: center; gap: 3mm; margin: 3mm 0 0; padding: 1.6mm 6mm;
  border: 1.2pt solid var(--ink); border-radius: 2px; }
.word svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.word b, .word span { position: relative; background: #fff; padding: .4mm 3mm; }
.word b { font-size: 14pt; line-height: 1.3; font-weight: 700; letter-spacing: .06em; }
.ladder { margin-top: 3mm; }
.ladder > div { display: grid; grid-template-columns: 7mm 20mm 34mm 1fr auto; column-gap: 3mm; align-items: center;
  min-height: 8.8mm; break-inside: avoid; }
.ladder > .top-held { background: var(--raised); outline: 1pt solid var(--data); }
.ladder .n { font-size: 15pt; font-weight: 700; text-align: center; }
.ladder svg { width: 20mm; height: 100%; min-height: 8.8mm; }
.ladder .name { font-size: 12pt; font-weight: 650; }
.ladder .name small { display: block; font-size: 8pt; font-weight: 400; color: var(--ink2); }
.ladder .off .n, .ladder .off .name { font-weight: 450; color: var(--ink2); }
.ladder em { font-style: normal; color: var(--ink2); text-align: right; padding-right: 2mm; max-width: 46mm; }
dl { display: grid; grid-template-columns: 26mm 1fr; margin: 4mm 0 0; border-top: .5pt solid var(--edge); }
dt, dd { margin: 0; padding: .7mm 0; border-bottom: .4pt solid var(--line); }
dt { color: var(--ink2); }
dd { min-width: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 8pt; line-height: 1.3; }
th { text-align: left; font-weight: 500; font-size: 8pt; color: var(--ink2); border-bottom: .5pt solid var(--edge); }
th, td { padding: .5mm 2.5mm .5mm 0; vertical-align: top; overflow-wrap: break-word; }
td { border-bottom: .4pt solid var(--line); }
tr { break-inside: avoid; }
thead { display: table-header-group; }
td.n { width: 7mm; font-weight: 700; }
.evidence { table-layout: fixed; }
.evidence th:nth-child(1) { width: 6mm; } .evidence th:nth-child(3) { width: 19mm; } .evidence th:nth-child(4) { width: 44mm; }
.evidence th:nth-child(5) { width: 19mm; } .evidence th:nth-child(6) { width: 31mm; }
th, td.short { white-space: nowrap; }
td.time { font-size: 8pt; }
td b { font-weight: 650; }
td small { display: block; font-size: 7.5pt; white-space: normal; font-weight: 400; color: var(--ink2); }
p { margin: 1mm 0; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 8mm; margin-top: 11mm; break-inside: avoid; }
.sign div { border-top: .75pt solid var(--ink); padding-top: 1mm; font-size: 8pt; color: var(--ink2); }
footer { margin-top: 5mm; border-top: 1.5pt solid var(--ink); padding-top: 2mm; font-size: 8pt; color: var(--ink2);
  break-inside: avoid; }
footer .hash { color: var(--ink); }
.screen { margin: 0 0 4mm; text-align: right; }
.screen a { color: var(--data); }
a:focus-visible { outline: 2pt solid #0b4f9e; outline-offset: 2px; }
@media screen and (max-width: 700px) {
  body { padding: 12px; }
  .top { flex-wrap: wrap; }
  .ladder > div { grid-template-columns: 7mm 14mm 1fr; padding: 1mm 0; }
  .ladder svg { width: 14mm; grid-row: 1 / 4; }
  .ladder .n { grid-row: 1 / 4; }
  .ladder .fact, .ladder em { grid-column: 3; text-align: left; max-width: none; }
  dl { grid-template-columns: 1fr; }
  dt { border-bottom: 0; padding-bottom: 0; }
  .wide { overflow-x: auto; }
  .evidence { min-width: 160mm; }
  .sign { grid-template-columns: 1fr; }
}
@media print {
  html { background: #fff; }
  body { max-width: none; padding: 0; }
  .screen { display: none; }
  /* A twin at rung 5 has some thirty records: they share two sheets with the rest. */
  .evidence { font-size: 7.2pt; line-height: 1.2; }
  .evidence th, .evidence td { padding-top: .3mm; padding-bottom: .3mm; font-size: inherit; }
  .evidence td small { font-size: 6.8pt; }
}
`;
