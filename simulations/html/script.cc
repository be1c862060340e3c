#include "simulations/html/script.h"

namespace skerry::simulations::html {

namespace {

// Looking closer moves every shape of class t: absolute coordinates of paths, boxes, and symbols with a data-x.
constexpr const char* text = R"js(
(() => {
const data = JSON.parse(document.getElementById('sightings').textContent);
const charts = [...document.querySelectorAll('.chart')];
const timeline = document.getElementById('timeline');
const about = document.getElementById('about');
const left = data.left, width = data.right - data.left;
let from = 0, to = data.end;
const svg = (name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
};
const words = ms => {
  if (ms < 10) return ms.toFixed(1) + ' ms';
  if (ms < 1e3) return Math.round(ms) + ' ms';
  if (ms < 6e4) return (ms / 1e3).toFixed(2) + ' s';
  if (ms < 36e5) return Math.floor(ms / 6e4) + ' min ' + (ms % 6e4 / 1e3).toFixed(1) + ' s';
  return Math.floor(ms / 36e5) + ' h ' + Math.floor(ms % 36e5 / 6e4) + ' min ' + Math.floor(ms % 6e4 / 1e3) + ' s';
};
const at = ms => left + width * (ms - from) / (to - from);
const moved = x => at((x - left) / width * data.end);
const shapes = [...document.querySelectorAll('.chart .t')].map(element => ({element, name: element.tagName,
  d: element.getAttribute('d'), x: +element.getAttribute('x') || +element.dataset.x || 0,
  w: +element.getAttribute('width') || 0}));
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5,
  72e5, 108e5, 216e5, 432e5, 864e5];
function draw() {
  for (const {element, name, d, x, w} of shapes) {
    if (name === 'path') {
      const place = (_, letter, number) => letter + moved(+number).toFixed(2);
      element.setAttribute('d', d.replace(/([ML])(-?[\d.]+)/g, place));
    } else if (name === 'rect') {
      element.setAttribute('x', moved(x).toFixed(2));
      element.setAttribute('width', Math.max(.8, moved(x + w) - moved(x)).toFixed(2));
    } else {
      element.setAttribute('transform', `translate(${moved(x).toFixed(2)},0)`);
    }
  }
  const step = steps.find(each => (to - from) / each <= 12) || 2 * 864e5;
  for (const axis of document.querySelectorAll('.axis')) {
    axis.replaceChildren();
    const top = +axis.dataset.top;
    for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
      axis.append(svg('path', {d: `M${at(tick).toFixed(2)} ${top - 3}V${axis.dataset.bottom}`}));
      const text = svg('text', {x: at(tick).toFixed(2), y: top - 7});
      text.textContent = tick === 0 ? '0' : words(tick).replace(/(\.\d*?)0+ /, '$1 ').replace('. ', ' ')
        .replace(/ 0 s$/, '').replace(/ 0 min$/, '');
      axis.append(text);
    }
  }
  forget();
}
function look(begin, end) {
  const span = Math.max(data.end / 5e3, Math.min(data.end, end - begin));
  from = Math.max(0, Math.min(data.end - span, begin));
  to = from + span;
  draw();
}
const closer = (factor, middle = (from + to) / 2) =>
  look(middle - (middle - from) * factor, middle + (to - middle) * factor);
const aside = share => look(from + (to - from) * share, to + (to - from) * share);

// --- what one points at
const pointed = timeline.querySelector('.pointed');
const height = (lane, late) => lane[5] - (lane[5] - lane[4]) *
  Math.min(1, Math.log10(Math.max(1, late / data.soonest)) / Math.log10(data.latest / data.soonest));
function forget() { pointed.replaceChildren(); about.hidden = true; }
function place(chart, event) {
  const box = chart.getBoundingClientRect(), scale = chart.viewBox.baseVal.width / box.width;
  return {x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale};
}
function nearest({x, y}) {
  let best = null, least = 64;
  for (const write of data.writes) {
    for (let host = 0; host < data.lanes.length; ++host) {
      const late = write[4 + host], lane = data.lanes[host];
      if (late < 0) continue;
      const dy = y - (host === write[1] ? lane[3] : height(lane, late));
      if (dy * dy > least) continue;
      const dx = x - at(write[0] + late), distance = dx * dx + dy * dy;
      if (distance < least) { least = distance; best = write; }
    }
  }
  return best;
}
function show(write, event) {
  const lane = data.lanes[write[1]], x = at(write[0]);
  let text = `${write[3]}\nwritten at ${lane[0]}, ${words(write[0])}${write[2] ? ', lost in a crash' : ''}`;
  pointed.append(svg('circle', {cx: x, cy: lane[3], r: 3.5}));
  data.lanes.forEach((other, host) => {
    const late = write[4 + host];
    if (host === write[1]) return;
    text += `\n${other[0]}: ${late < 0 ? (write[2] ? '–' : 'never') : 'after ' + words(late)}`;
    if (late < 0) return;
    const end = at(write[0] + late), y = height(other, late);
    pointed.append(svg('path', {d: `M${x} ${lane[3]}L${end} ${y}`}), svg('circle', {cx: end, cy: y, r: 3}));
  });
  about.textContent = text;
  about.hidden = false;
  about.style.left = Math.min(event.clientX + 14, innerWidth - about.offsetWidth - 8) + 'px';
  about.style.top = Math.min(event.clientY + 16, innerHeight - about.offsetHeight - 8) + 'px';
}

// --- dragging chooses a time
let pressed = null, chosen = null;
for (const chart of charts) {
  chart.addEventListener('pointermove', event => {
    const here = place(chart, event);
    if (pressed && pressed.chart === chart) {
      chosen = chosen || chart.appendChild(svg('rect', {class: 'chosen', y: 0, height: chart.viewBox.baseVal.height}));
      chosen.setAttribute('x', Math.min(pressed.x, here.x));
      chosen.setAttribute('width', Math.abs(pressed.x - here.x));
    } else if (chart === timeline) {
      forget();
      const write = here.x >= left && nearest(here);
      if (write) show(write, event);
    }
  });
  chart.addEventListener('pointerdown', event => {
    const here = place(chart, event);
    if (event.pointerType === 'mouse' && event.button === 0 && here.x >= left) {
      pressed = {chart, x: here.x};
      chart.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  });
  const release = event => {
    if (!pressed || pressed.chart !== chart) return;
    const begin = pressed.x, end = place(chart, event).x;
    pressed = null;
    if (chosen) chosen.remove();
    chosen = null;
    const time = x => from + (x - left) / width * (to - from);
    if (event.type === 'pointerup' && Math.abs(end - begin) > 6)
      look(time(Math.min(begin, end)), time(Math.max(begin, end)));
  };
  chart.addEventListener('pointerup', release);
  chart.addEventListener('pointercancel', release);
  chart.addEventListener('pointerleave', forget);
  chart.addEventListener('dblclick', () => look(0, data.end));
  chart.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    closer(event.deltaY < 0 ? .7 : 1 / .7, from + (place(chart, event).x - left) / width * (to - from));
  }, {passive: false});
  // Names stay in sight when the picture scrolls.
  const scroll = chart.parentElement, labels = chart.querySelector('.labels');
  scroll.addEventListener('scroll', () => {
    const scale = chart.viewBox.baseVal.width / chart.getBoundingClientRect().width;
    labels.setAttribute('transform', `translate(${scroll.scrollLeft * scale},0)`);
  });
  scroll.addEventListener('keydown', event => {
    const keys = {'+': () => closer(.5), '=': () => closer(.5), '-': () => closer(2), '0': () => look(0, data.end)};
    if (from > 0 || to < data.end) { keys.ArrowLeft = () => aside(-.2); keys.ArrowRight = () => aside(.2); }
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}
for (const button of document.querySelectorAll('.tools button')) {
  button.addEventListener('click', () => ({closer: () => closer(.5), wider: () => closer(2), earlier: () => aside(-.4),
    later: () => aside(.4), whole: () => look(0, data.end)})[button.value]());
}
addEventListener('beforeprint', () => {
  look(0, data.end);
  for (const details of document.querySelectorAll('details')) details.open = true;
});
document.documentElement.classList.add('scripted');
})();
)js";

}  // namespace

const char* script() {
  return text;
}

}  // namespace skerry::simulations::html
