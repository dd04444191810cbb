// Copy what an element shows, to the clipboard or, where a browser has none, by selecting it.
const shown = (source) => {
  const lines = [...source.querySelectorAll('.log-line:not([hidden])')];
  return lines.length ? lines.map((line) => line.dataset.text ?? line.textContent).join('\n') : source.textContent;
};

const select = (source) => {
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
};

const copy = async (button) => {
  const source = document.querySelector(button.dataset.copy), words = button.textContent;
  try {
    await navigator.clipboard.writeText(shown(source));
    button.textContent = 'Copied';
  } catch {
    select(source);
    button.textContent = 'Selected: copy it';
  }
  setTimeout(() => { button.textContent = words; }, 2000);
};

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => copy(button));
}
