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
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape') { if (typing(event.target)) event.target.blur(); else press('close'); return; }
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
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

export const help = () => {
  const button = document.querySelector('[data-help]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const dialog = document.createElement('dialog');
    dialog.className = 'help';
    dialog.setAttribute('aria-label', 'Keyboard');
    const list = document.createElement('dl');
    list.className = 'facts card';
    for (const [key, does] of LINES) {
      const term = document.createElement('dt');
      const keyboard = document.createElement('kbd');
      keyboard.textContent = key;
      term.append(keyboard);
      const said = document.createElement('dd');
      said.textContent = does;
      list.append(term, said);
    }
    dialog.append(list);
    dialog.addEventListener('close', () => dialog.remove());
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    dialog.showModal();
  });
};
