// The keyboard: j and k pick a row, Enter opens it, / searches, g and a letter jumps, ? shows all.
const typing = (target) => target.closest('input, textarea, select, [contenteditable]') !== null;
const rows = () => [...document.querySelectorAll('[data-row]')].filter((row) => row.offsetParent !== null);

const pick = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.hasAttribute('data-picked'));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  all.forEach((row) => row.removeAttribute('data-picked'));
  next.setAttribute('data-picked', '');
  next.scrollIntoView({ block: 'nearest' });
};

const picked = () => document.querySelector('[data-row][data-picked]');
const open = () => (picked()?.querySelector('a[data-open]') ?? picked()?.querySelector('a'))?.click();
const press = (name) => document.querySelector(`[data-press="${name}"]`)?.click();

const jump = (key) => document.querySelector(`.side a[data-key="${CSS.escape(key)}"]`)?.click();
const search = () => {
  const field = document.querySelector('[data-search]');
  const box = field?.closest('details');
  if (box) box.open = true;
  field?.focus();
};

let going = 0;

export const keys = () => {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') { if (typing(event.target)) event.target.blur(); else press('close'); return; }
    if (typing(event.target)) return;
    if (Date.now() - going < 1500) { going = 0; event.preventDefault(); jump(event.key); return; }
    const does = {
      j: () => pick(1), ArrowDown: null, k: () => pick(-1), '/': search, g: () => { going = Date.now(); },
      '?': () => document.querySelector('[data-help]')?.click(), a: () => press('approve'), o: open,
      Enter: event.target === document.body ? open : null,
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });
};

const LINES = [
  ['Ctrl K', 'search and jump'], ['g, then a letter', 'a page: the letter stands in the navigation'], ['j  k', 'next row, row before'],
  ['Enter or o', 'open the row'], ['/', 'filter this page'], ['a', 'approve, where something is proposed'], ['Esc', 'close'], ['?', 'this help'],
];

const made = (tag, text, ...children) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
};

export const help = () => {
  const button = document.querySelector('[data-help]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const title = made('h2', 'Keyboard');
    title.id = 'help-title';
    const close = made('button', 'Close');
    close.type = 'button';
    const head = made('div', '', title, close);
    head.className = 'row';
    const list = made('dl', '', ...LINES.flatMap(([key, does]) => [made('dt', '', made('kbd', key)), made('dd', does)]));
    list.className = 'facts';
    const card = made('section', '', head, list);
    card.className = 'card';
    const dialog = made('dialog', '', card);
    dialog.className = 'help';
    dialog.setAttribute('aria-labelledby', title.id);
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
};
