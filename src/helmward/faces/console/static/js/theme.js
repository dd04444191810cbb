// Light or dark by choice: a cookie, so that the server draws the page right from the first byte.
export const theme = () => {
  const button = document.querySelector('[data-theme-switch]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    document.cookie = `helmward-theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
};
