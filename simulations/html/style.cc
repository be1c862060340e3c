#include "simulations/html/style.h"

namespace skerry::simulations::html {

// The colours of replicas: Okabe and Ito's (Color Universal Design, 2008), darker or lighter where the ground asks for
namespace {

// it.
constexpr const char* text = R"css(
:root { color-scheme: light dark; --ground: #fff; --ink: #1b232c; --soft: #586473; --line: #d5dbe2; --lane: #f4f6f8;
  --cut: #8a5a00; --cut-some: .10; --cut-most: .20; --cut-off: .32; --down: #4a5560; --accent: #2f5d8a; --lack: #9db4cc;
  --good: #17693f; --good-ground: #e8f4ed; --bad: #a3201a; --bad-ground: #fcecea; --halo: #fff; --plate: #fff;
  --h0: #0067a6; --h1: #b34a00; --h2: #007a58; --h3: #a8437f; --h4: #7a6200; --h5: #3a86b8; --h6: #333c46;
  --h7: #7a4fb5; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e3e8ee; --soft: #9aa6b4; --line: #333c47;
  --lane: #1c222a; --cut: #e8b04a; --cut-some: .12; --cut-most: .22; --cut-off: .34; --down: #77828f; --accent: #82b4e6;
  --lack: #48617c; --good: #7fd3a5; --good-ground: #16281f; --bad: #ff9d94; --bad-ground: #331a18; --halo: #14181d;
  --plate: #14181d; --h0: #5ab2f0; --h1: #f59350; --h2: #3fc99b; --h3: #e992c4; --h4: #dcc044; --h5: #9ccbe8;
  --h6: #c6ced8; --h7: #b99af0; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --lane: #f4f6f8;
  --cut: #8a5a00; --cut-some: .10; --cut-most: .20; --cut-off: .32; --down: #4a5560; --accent: #2f5d8a; --lack: #9db4cc;
  --good: #17693f; --good-ground: #fff; --bad: #a3201a; --bad-ground: #fff; --halo: #fff; --plate: #fff; --h0: #0067a6;
  --h1: #b34a00; --h2: #007a58; --h3: #a8437f; --h4: #7a6200; --h5: #3a86b8; --h6: #333c46; --h7: #7a4fb5; } }
* { box-sizing: border-box; }
html { background: var(--ground); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 28px 24px 64px; max-width: 1240px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 18px; margin: 40px 0 4px; font-weight: 650; }
h3 { font-size: 15px; margin: 0 0 2px; font-weight: 650; }
p { margin: 6px 0; max-width: 78ch; }
code, pre, kbd { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .88em; }
pre { background: var(--lane); padding: 12px 14px; overflow-x: auto; border-radius: 4px; margin: 8px 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.lead, .note { color: var(--soft); } .lead { max-width: 110ch; }
.note { font-size: 13px; max-width: 130ch; }
.verdict { margin: 18px 0; padding: 14px 18px; border-left: 5px solid; border-radius: 3px; }
.verdict.holds { border-color: var(--good); background: var(--good-ground); }
.verdict.violated { border-color: var(--bad); background: var(--bad-ground); }
.verdict strong.word { font-size: 19px; }
.holds strong.word { color: var(--good); } .violated strong.word { color: var(--bad); }
.verdict p { max-width: 110ch; margin: 4px 0; } .verdict pre { background: none; padding: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 1px; margin: 18px 0;
  padding: 1px; }
.figures div { box-shadow: 0 0 0 1px var(--line); padding: 9px 13px; }
.figures dt { color: var(--soft); font-size: 12.5px; } .figures dd { margin: 0; font-size: 19px;
  font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
.scroll { overflow-x: auto; margin: 8px 0; } .scroll:focus-visible { outline: 2px solid var(--accent); }
.chart { display: block; width: 100%; min-width: 940px; height: auto; font-size: 12px; touch-action: pan-x pan-y; }
.chart text { fill: var(--soft); font-variant-numeric: tabular-nums; }
.lane, .road { fill: var(--lane); } .labels-ground { fill: var(--ground); }
.chart .lane-name { fill: var(--ink); font-weight: 600; font-size: 13px; } .lane-note { font-size: 11px; }
.road-name { font-size: 10.5px; } .axis path { stroke: var(--line); fill: none; } .axis text { text-anchor: middle; }
.guide { stroke: var(--line); stroke-dasharray: 1 4; fill: none; } .guide-note { font-size: 9.5px; text-anchor: end;
  dominant-baseline: middle; }
.area { fill: var(--lack); }
.cut { fill: var(--cut); } .cut-some { fill-opacity: var(--cut-some); } .cut-most { fill-opacity: var(--cut-most); }
.cut-off { fill-opacity: var(--cut-off); } .hatched { fill: url(#hatch); } #hatch path { stroke: var(--cut);
  stroke-width: 1.6; stroke-opacity: .55; }
.down { fill: url(#dense); stroke: var(--down); stroke-width: .7; }
#dense path { stroke: var(--down); stroke-width: 2.6; }
.paused { fill: url(#points); stroke: var(--down); stroke-width: .7; } #points circle { fill: var(--down); }
.slow-disk, .frozen { fill: var(--down); } .frozen { fill: var(--accent); }
.road-cut { fill: var(--cut); fill-opacity: .45; } .slow-path { fill: none; stroke: var(--cut); stroke-dasharray: 2 2; }
.session { stroke: var(--good); stroke-width: 1.2; fill: none; }
.h0 { --h: var(--h0); } .h1 { --h: var(--h1); } .h2 { --h: var(--h2); } .h3 { --h: var(--h3); }
.h4 { --h: var(--h4); } .h5 { --h: var(--h5); } .h6 { --h: var(--h6); } .h7 { --h: var(--h7); }
.written, .seen, .journey, .sign { stroke: var(--h); fill: none; stroke-linecap: round; stroke-linejoin: round; }
.written { stroke-width: 1.2; stroke-opacity: .75; stroke-linecap: butt; } .written.lost { stroke-dasharray: 1.5 1.5; }
.seen { stroke-width: 1.1; } .seen.h0 { stroke-width: 3; } .sign { stroke-width: 1.6; }
.h0 .sign { stroke-width: 5; } .journey { stroke-width: .9; stroke-opacity: .8; stroke-dasharray: 5 2; }
.mark use { fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.halo { stroke: var(--halo); stroke-width: 4.5; } .plate { fill: var(--plate); }
.killed use, .lost-power use, .failed use { stroke: var(--bad); }
.instant path { stroke: var(--ink); stroke-dasharray: 4 3; fill: none; } .chart .instant text { fill: var(--ink); }
.instant.violated path { stroke: var(--bad); stroke-dasharray: none; stroke-width: 2; }
.chart .instant.violated text { fill: var(--bad); font-weight: 700; }
.legend { list-style: none; margin: 8px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; } .legend svg { width: 26px; height: 14px; flex: none; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { padding: 3px 12px 3px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
th:first-child, th + td, thead th:nth-child(2), td.words, th.words { text-align: left; } tbody th { font-weight: 600; }
td.words, th.words { white-space: normal; overflow-wrap: anywhere; padding-left: 12px; }
td.drawn { width: 1%; padding-right: 0; }
.seen-at span { display: inline-block; margin-right: 10px; color: var(--soft); }
.seen-at strong, td strong { color: var(--bad); }
.bar { width: 240px; height: 14px; display: block; } .bar.half { width: 120px; } .bar .body { fill: var(--lack); }
.rail { stroke: var(--line); } .whisker, .mid { stroke: var(--accent); fill: none; } .mid { stroke-width: 2.2; }
.mid.thin { stroke-width: 1.2; } .most { fill: var(--accent); }
.topics { display: grid; grid-template-columns: repeat(auto-fit, minmax(310px, 1fr)); gap: 16px 32px;
  margin-top: 10px; }
.topics ul { margin: 2px 0; padding-left: 18px; } .topics li { margin: 2px 0; }
summary { cursor: pointer; color: var(--accent); margin: 6px 0; }
.tools { display: none; gap: 6px; align-items: center; margin: 6px 0; flex-wrap: wrap; font-size: 13px;
  color: var(--soft); }
.scripted .tools { display: flex; } button { font: inherit; color: var(--ink); background: var(--lane);
  border: 1px solid var(--line); border-radius: 4px; padding: 2px 11px; min-height: 28px; cursor: pointer; }
button:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.scripted #timeline, .scripted #divergence { cursor: crosshair; }
.pointed path { stroke: var(--ink); stroke-width: 1.3; fill: none; } .pointed circle { fill: var(--ink); }
.chosen { fill: var(--accent); fill-opacity: .18; } .symbols { position: absolute; }
#about { position: fixed; z-index: 2; pointer-events: none; max-width: 340px; padding: 7px 10px; font-size: 12.5px;
  background: var(--ground); color: var(--ink); border: 1px solid var(--soft); border-radius: 4px;
    white-space: pre-line;
  box-shadow: 0 3px 12px rgba(0, 0, 0, .22); overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
footer { margin-top: 44px; padding-top: 10px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px; }
@media (max-width: 700px) { body { padding: 16px 14px 40px; font-size: 15px; } h1 { font-size: 22px; }
  .figures dd { font-size: 17px; } .topics { grid-template-columns: 1fr; } }
@media print { @page { margin: 14mm 12mm; } body { padding: 0; max-width: none; font-size: 10.5pt; }
  .tools, #about { display: none !important; } .scroll { overflow: visible; } .chart { min-width: 0; }
  .labels { transform: none !important; } .bar { width: 150px; } .bar.half { width: 80px; }
  table { font-size: 8.5pt; } th, td { padding-right: 8px; }
  tr, .verdict, .topics section { break-inside: avoid; }
  h2 { break-after: avoid; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
)css";

}  // namespace

const char* style() {
  return text;
}

}  // namespace skerry::simulations::html
