// Copying a token that is shown once, and sending a form once.
for (const button of document.querySelectorAll('[data-copy]')) {
  const shown = document.getElementById(button.dataset.copy);
  button.hidden = !(shown && navigator.clipboard);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(shown);
      button.textContent = 'Press Ctrl C';
    }
  });
}

for (const button of document.querySelectorAll('[data-once]')) {
  button.form.addEventListener('submit', () => { button.disabled = true; });
}
// A page that comes back from the browser's memory can be sent again, and is told that it was.
addEventListener('pageshow', () => { for (const button of document.querySelectorAll('[data-once]')) button.disabled = false; });
