// Ctrl K: pages, and what the server finds. What it finds is shown as text.
const pages = () => [...document.querySelectorAll('.side a')].map((link) => ({
  title: link.firstChild.textContent.trim(), detail: 'page', address: link.getAttribute('href'),
}));

const row = ({ title, detail, address }, selected) => {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const small = document.createElement('small');
  link.href = address;
  link.setAttribute('role', 'option');
  link.setAttribute('aria-selected', String(selected));
  link.append(title);
  small.textContent = detail;
  link.append(small);
  item.append(link);
  return item;
};

const made = () => {
  const dialog = document.createElement('dialog');
  dialog.className = 'palette';
  dialog.setAttribute('aria-label', 'Search or jump');
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = 'An incident, a workload, a page, a tool …';
  input.setAttribute('aria-label', 'Search');
  const list = document.createElement('ul');
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Found');
  dialog.append(input, list);
  document.body.append(dialog);
  return { dialog, input, list };
};

export const palette = () => {
  const button = document.querySelector('[data-palette]');
  if (!button) return;
  button.hidden = false;
  let parts = null, found = [], at = 0, asked = 0;

  const draw = () => parts.list.replaceChildren(...found.map((one, index) => row(one, index === at)));
  const select = (step) => {
    at = Math.min(found.length - 1, Math.max(0, at + step));
    draw();
    parts.list.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  const look = async () => {
    const words = parts.input.value.trim(), turn = ++asked;
    const here = pages().filter((one) => one.title.toLowerCase().includes(words.toLowerCase()));
    found = here; at = 0; draw();
    if (!words) return;
    try {
      const answer = await fetch(`/search.json?q=${encodeURIComponent(words)}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || turn !== asked) return;
      found = [...(await answer.json()).found, ...here, { title: `Ask: ${words}`, detail: 'in plain language', address: `/ask?text=${encodeURIComponent(words)}` }];
      at = 0;
      draw();
    } catch { /* offline: the pages are there */ }
  };
  const show = () => {
    parts ??= made();
    if (parts.dialog.open) return;
    parts.input.value = '';
    parts.dialog.showModal();
    look();
  };
  const ready = () => {
    show();
    parts.input.oninput = look;
    parts.dialog.onclick = (event) => { if (event.target === parts.dialog) parts.dialog.close(); };
    parts.dialog.onkeydown = (event) => {
      if (event.key === 'ArrowDown') { event.preventDefault(); select(1); }
      if (event.key === 'ArrowUp') { event.preventDefault(); select(-1); }
      if (event.key === 'Escape') { event.preventDefault(); parts.dialog.close(); } // a search field would only empty itself
      if (event.key === 'Enter') { event.preventDefault(); if (found[at]) location.assign(found[at].address); }
    };
  };
  button.addEventListener('click', ready);
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); ready(); }
  });
};
