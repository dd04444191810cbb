// What a box leads to, and what leads to it, stands out while it is pointed at or has the focus.
let at = null;

const light = () => {
  const drawing = document.querySelector('.drawing svg');
  if (!drawing) return;
  const near = new Set([at]);
  for (const edge of drawing.querySelectorAll('.edge')) {
    const on = at !== null && (edge.dataset.from === at || edge.dataset.to === at);
    edge.classList.toggle('on', on);
    if (on) near.add(edge.dataset.from).add(edge.dataset.to);
  }
  for (const node of drawing.querySelectorAll('.node')) node.classList.toggle('on', near.has(node.dataset.node));
  drawing.classList.toggle('lit', at !== null);
};

const point = (target) => {
  const found = target instanceof Element ? target.closest('[data-node]')?.dataset.node ?? null : null;
  if (found !== at) { at = found; light(); }
};

document.addEventListener('pointerover', (event) => point(event.target));
document.addEventListener('focusin', (event) => point(event.target));
document.addEventListener('focusout', (event) => point(event.relatedTarget));
document.addEventListener('htmx:after:swap', light);

// A drawing that is larger than its box begins with what was looked for, or with the worst.
const drawing = document.querySelector('.drawing');
const first = ['sought', 'broken', 'degraded', 'progressing']
  .map((word) => drawing?.querySelector(`.node.${word}`)).find(Boolean);
if (first && (drawing.scrollWidth > drawing.clientWidth || drawing.scrollHeight > drawing.clientHeight)) {
  const box = first.getBoundingClientRect();
  const frame = drawing.getBoundingClientRect();
  drawing.scrollBy({
    left: box.left + box.width / 2 - frame.left - frame.width / 2,
    top: box.top + box.height / 2 - frame.top - frame.height / 2,
    behavior: 'instant',
  });
}
