// The charts of the models page: uPlot draws what stands in the page's own data, in the theme's colours, as wide as there is room.
// And what stood there stays, with its age, while the server has nothing better to say.
import { refresh } from './times.js';

const HEIGHT = 200;
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
// A token holds its colour by day and by night; which of them counts, only an element's own colour tells.
const colour = (name) => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });

const moment = (seconds) => `${day.format(seconds * 1000)} ${clock.format(seconds * 1000)}`;
const tick = (seconds) => (seconds % 86400 ? clock : day).format(seconds * 1000);
const count = (value) => (value == null ? '–' : value.toLocaleString('en-US'));
const time = (value) => (value == null ? '–' : value < 1 ? `${+(value * 1000).toPrecision(3)} ms` : `${+value.toPrecision(3)} s`);
const money = (value) => (value == null ? '–' : value === 0 || value >= 1 ? value.toFixed(2) : value.toFixed(4));

// Verdicts lie on each other: each bar reaches from the axis, the whole ones are drawn first.
const VERDICTS = [['denied', 'strong-line'], ['blocked', 'orange'], ['flagged', 'yellow'], ['masked', 'blue'], ['let through', 'green']];
const through = (one) => one.calls - one.denied - one.blocked - one.flagged - one.masked;

const bars = (label, name, value, values) => ({
  label, stroke: colour(name), fill: colour(name), width: 0, paths: uPlot.paths.bars({ size: [0.8, 26] }), points: { show: false }, value: values ?? value,
});
// A point is drawn where no line can be: between two gaps.
const alone = (chart, at) => chart.data[at].flatMap((value, index, all) => (value != null && all[index - 1] == null && all[index + 1] == null ? [index] : []));
const line = (label, name, dash) => ({
  label, stroke: colour(name), width: 1.6, dash, points: { show: false, filter: alone, size: 5, fill: colour(name) }, value: (_, value) => time(value),
});

const CHARTS = {
  calls: (series) => {
    const own = VERDICTS.map(([name]) => series.map((one) => (name === 'let through' ? through(one) : one[name])));
    let below = series.map(() => 0);
    const stacked = own.map((values) => (below = values.map((value, at) => value + below[at])));
    const shown = VERDICTS.map(([name, paint], at) => bars(name, paint, null, (_, __, ___, index) => (index == null ? '–' : count(own[at][index]))));
    const failed = { ...line('failed ✕', 'red', [4, 3]), value: (_, value) => count(value) };
    return { data: [...stacked.reverse(), series.map((one) => (one.calls ? one.failed : null))], shown: [...shown.reverse(), failed], said: count, from: 0 };
  },
  latency: (series) => {
    const lines = [
      ['p50', 'p50', 'accent'], ['p95', 'p95', 'orange', [7, 3]], ['p99', 'p99', 'red', [2, 3]],
      ['ownP50', 'Helmward p50', 'green'], ['ownP95', 'Helmward p95', 'muted', [7, 3]],
    ];
    return { data: lines.map(([key]) => series.map((one) => one[key] || null)), shown: lines.map(([, ...rest]) => line(...rest)), said: time, log: true };
  },
  cost: (series) => ({ data: [series.map((one) => one.usd)], shown: [bars('USD', 'accent', (_, value) => money(value))], said: money, from: 0 }),
};

const axis = (values, size) => ({
  stroke: colour('muted'), values, size, font: `11px ${token('font')}`, grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1, size: 4 },
});

const drawn = (place, series, step) => {
  const { data, shown, said, from, log } = CHARTS[place.dataset.chart](series);
  const times = series.map((one) => Date.parse(one.time) / 1000);
  const y = log ? { distr: 3 } : { range: (_, low, high) => [from, Math.max(high * 1.1, 1e-6)] };
  return new uPlot({
    width: place.clientWidth, height: HEIGHT, padding: [8, 8, 0, 0],
    scales: { x: { time: true, range: () => [times[0] - step / 2, times.at(-1) + step / 2] }, y },
    axes: [axis((_, splits) => splits.map(tick), 28), axis((_, splits) => splits.map((value) => (value == null ? '' : said(value))), 54)],
    series: [{ label: 'from', value: (_, value) => (value == null ? '–' : moment(value)) }, ...shown],
    cursor: { sync: { key: 'models' }, drag: { x: false, y: false }, ...(log ? {} : { points: { show: false } }) },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
  }, [times, ...data], place);
};

const charts = new Map();

const draw = () => {
  const around = document.querySelector('.charts[data-series]');
  for (const [place, chart] of charts) { chart.destroy(); charts.delete(place); }
  if (!around) return;
  document.querySelector('.scale').hidden = false;
  const series = JSON.parse(around.dataset.series);
  for (const place of around.querySelectorAll('[data-chart]')) {
    place.closest('section').hidden = false;
    place.replaceChildren();
    charts.set(place, drawn(place, series, Number(around.dataset.step)));
    sizes.observe(place);
  }
};

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const chart = charts.get(target);
    if (chart && Math.abs(chart.width - contentRect.width) >= 1) chart.setSize({ width: contentRect.width, height: HEIGHT });
  }
});

const stale = document.querySelector('[data-stale]');
const current = () => {
  if (!stale) return;
  stale.hidden = true;
  stale.querySelector('time').dateTime = new Date().toISOString();
};
const old = () => {
  if (!stale) return;
  stale.hidden = false;
  refresh(stale);
};
// An answer that is an error, or the page to sign in, has no figures to put there.
document.getElementById('now')?.addEventListener('htmx:after:request', (event) => {
  const { response, text } = event.detail.ctx;
  if (response.status === 200 && text.includes('id="now"')) return;
  event.preventDefault();
  old();
});
document.getElementById('now')?.addEventListener('htmx:error', old);

draw();
current();
document.addEventListener('htmx:after:swap', () => { draw(); current(); });
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
