// `<time data-form="ago">` says how long ago; the instant itself is in `datetime`. Within a sentence it is `at` (in place of "at
// 12:00") or `from` (behind "since", "until").
const units = [[120, 's', 1], [7200, 'm', 60], [172800, 'h', 3600], [Infinity, 'd', 86400]];

const age = (seconds) => {
  const [, unit, size] = units.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size)}${unit}`;
};

const words = (element, now) => {
  const seconds = (now - Date.parse(element.dateTime)) / 1000;
  const form = element.dataset.form;
  if (form === 'moment') return null;
  if (seconds < 0 && form === 'from') return `${age(-seconds)} from now`;
  if (seconds < 0 && form !== 'ago') return `in ${age(-seconds)}`;
  return form === 'until' ? 'now' : `${age(Math.max(0, seconds))} ago`;
};

export const refresh = (root = document) => {
  const now = Date.now();
  for (const element of root.querySelectorAll('time[data-form]')) {
    const said = words(element, now);
    if (said !== null && element.textContent !== said) element.textContent = said;
  }
};

export const times = () => {
  setInterval(refresh, 1000);
  document.addEventListener('htmx:after:swap', () => refresh());
};
